using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Blobs;
using Portico.Documents;
using Portico.Http;

namespace Portico.Assets;

/// <summary>
/// <c>POST /projects/{id}/assets</c>: announces a file and answers where to send it. Processing begins by itself when
/// it has arrived.
/// </summary>
public sealed partial class AddAsset(IDocumentStore documents, IBlobStore blobs, IdempotencyKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan UploadLifetime = TimeSpan.FromHours(1);

    private sealed record Request(string? Name, string? ContentType, long? Bytes, string? Kind);

    private sealed record UploadView(string Url, DateTimeOffset ExpiresAt, long MaxBytes);

    private sealed record Response(AssetView Asset, UploadView Upload);

    [Function(nameof(AddAsset))]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "projects/{id}/assets")] HttpRequest request, string id, CancellationToken cancellation)
    {
        if (!(await JsonBody.ReadAsync<Request>(request, cancellation)).TryGet(out var body, out var problem))
        {
            return problem;
        }

        if (!TryCheck(body, out var name, out var contentType, out var kind, out problem))
        {
            return problem;
        }

        if (!(await keys.ResolveAsync(request, $"{nameof(AddAsset)} {id}", body, DocumentId.NewChild(Asset.IdPrefix, id, clock), cancellation)).TryGet(out var assetId, out problem))
        {
            return problem;
        }

        var now = clock.GetUtcNow();
        var asset = new Asset
        {
            Id = assetId,
            ProjectId = id,
            Kind = kind,
            Name = name,
            Status = AssetStatus.AwaitingUpload,
            Source = new AssetSource(contentType, body.Bytes!.Value),
            CreatedAt = now,
            UpdatedAt = now,
        };
        var created = await documents.CreateAsync(Asset.Documents, asset, cancellation);
        var stored = created.Stored ?? await documents.GetAsync(Asset.Documents, id, assetId, cancellation);
        if (stored is null)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        var url = blobs.CreateUploadUrl(BlobName.Upload(id, assetId), UploadLifetime);
        return ApiJson.Created(
            request.HttpContext.Response,
            $"/api/v1/assets/{assetId}",
            new Response(AssetView.Of(stored.Document), new UploadView(url.IsAbsoluteUri ? url.AbsoluteUri : url.OriginalString, now + UploadLifetime, MediaLimits.MaxBytes(kind))),
            stored.ETag);
    }

    private static bool TryCheck(Request body, out string name, out string contentType, out AssetKind kind, out IResult problem)
    {
        var errors = new FieldErrors();
        name = errors.Text("name", body.Name, maxLength: 200);
        contentType = errors.Text("contentType", body.ContentType, maxLength: 100).ToLowerInvariant();
        if (contentType.Length > 0 && !MediaType().IsMatch(contentType))
        {
            errors.Add("contentType", "Must be a media type such as image/jpeg.");
        }

        if (body.Bytes is not > 0)
        {
            errors.Add("bytes", body.Bytes is null ? "Required." : "Must be greater than zero.");
        }

        AssetKind? found = (body.Kind ?? contentType.Split('/')[0]) switch { "image" => AssetKind.Image, "video" => AssetKind.Video, _ => null };
        if (found is null && body.Kind is not null)
        {
            errors.Add("kind", "Must be image or video.");
        }

        kind = found ?? default;
        problem = errors.Any ? errors.ToProblem()
            : found is null ? Problem.Of(ErrorCatalogue.UnsupportedKind)
            : body.Bytes > MediaLimits.MaxBytes(kind) ? Problem.Of(ErrorCatalogue.AssetTooLarge, TooLarge(kind))
            : null!;
        return problem is null;
    }

    private static string TooLarge(AssetKind kind) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(kind == AssetKind.Image ? "An image" : "A video")} may have at most {MediaLimits.MaxBytes(kind) >> 20} MiB.");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*(\s*;.*)?$")]
    private static partial Regex MediaType();
}
