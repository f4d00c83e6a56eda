using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Portico.Blobs;

namespace App.Tests.Blobs;

/// <summary>What a browser that holds one of our URLs can do, and above all what it can't.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class BlobUrlTests(AzuriteFixture azurite)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly HttpClient Browser = new();
    private readonly string _project = $"prj_{Guid.NewGuid():N}";

    private BlobName Upload => BlobName.Upload(_project, "ast_1");

    private static async Task<HttpStatusCode> SendAsync(HttpMethod method, Uri url, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "image/jpeg");
            if (!url.Query.Contains("comp=", StringComparison.Ordinal))
            {
                request.Headers.Add("x-ms-blob-type", "BlockBlob");
            }
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await Browser.SendAsync(request);
        return response.StatusCode;
    }

    private static Uri Elsewhere(Uri url, string from, string to) => new(url.AbsoluteUri.Replace(from, to, StringComparison.Ordinal));

    private async Task<string> ReadAsync(BlobName name)
    {
        using var reader = new StreamReader(await azurite.Blobs.OpenReadAsync(name, None));
        return await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task CreateUploadUrl_PutBlob_WritesThatBlob()
    {
        var url = azurite.Blobs.CreateUploadUrl(Upload, TimeSpan.FromHours(1));

        url.IsAbsoluteUri.ShouldBeFalse();
        url.OriginalString.ShouldStartWith($"/blob/devstoreaccount1/uploads/{_project}/ast_1/source?");
        (await SendAsync(HttpMethod.Put, azurite.BehindProxy(url), "picture")).ShouldBe(HttpStatusCode.Created);
        (await ReadAsync(Upload)).ShouldBe("picture");
        var facts = (await azurite.Blobs.FindAsync(Upload, None))!;
        (facts.Bytes, facts.ContentType).ShouldBe((7, "image/jpeg; charset=utf-8"));
        facts.ETag.ShouldNotContain('"');
    }

    [Fact]
    public async Task CreateUploadUrl_BlocksThenList_WritesThatBlob()
    {
        var url = azurite.BehindProxy(azurite.Blobs.CreateUploadUrl(Upload, TimeSpan.FromHours(1)));
        string[] ids = ["MDAwMA==", "MDAwMQ=="];

        foreach (var id in ids)
        {
            (await SendAsync(HttpMethod.Put, new Uri($"{url}&comp=block&blockid={Uri.EscapeDataString(id)}"), id)).ShouldBe(HttpStatusCode.Created);
        }

        (await azurite.Blobs.FindAsync(Upload, None)).ShouldBeNull("blocks without a list make no blob");
        var list = $"<BlockList>{string.Concat(ids.Select(id => $"<Latest>{id}</Latest>"))}</BlockList>";
        (await SendAsync(HttpMethod.Put, new Uri($"{url}&comp=blocklist"), list)).ShouldBe(HttpStatusCode.Created);
        (await ReadAsync(Upload)).ShouldBe(string.Concat(ids));
    }

    [Fact]
    public async Task CreateUploadUrl_AnythingButWritingThatBlob_IsRefused()
    {
        var url = azurite.BehindProxy(azurite.Blobs.CreateUploadUrl(Upload, TimeSpan.FromHours(1)));
        (await SendAsync(HttpMethod.Put, url, "picture")).ShouldBe(HttpStatusCode.Created);

        (await SendAsync(HttpMethod.Get, url)).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Head, url)).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Delete, url)).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Put, Elsewhere(url, "ast_1", "ast_2"), "other")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Put, Elsewhere(url, "/uploads/", "/public/"), "other")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Put, Elsewhere(url, "sp=cw", "sp=rcw"), "other")).ShouldBe(HttpStatusCode.Forbidden);
        var query = url.Query.TrimStart('?');
        (await SendAsync(HttpMethod.Get, new Uri($"{azurite.Endpoint}/uploads?restype=container&comp=list&{query}"))).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Get, new Uri($"{azurite.Endpoint}/?comp=list&{query}"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task CreateUploadUrl_AfterItsLifetime_IsRefused()
    {
        await using var anHourAgo = azurite.NewServices(new StoppedClock(DateTimeOffset.UtcNow.AddHours(-1)));
        var blobs = anHourAgo.GetRequiredService<IBlobStore>();

        (await SendAsync(HttpMethod.Put, azurite.BehindProxy(blobs.CreateUploadUrl(Upload, TimeSpan.FromMinutes(59))), "late")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Put, azurite.BehindProxy(blobs.CreateUploadUrl(Upload, TimeSpan.FromMinutes(61))), "in time")).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task CreateReadUrl_ReadsThatBlobAndNothingElse()
    {
        var name = BlobName.Source(_project, "ast_1");
        await azurite.Blobs.WriteAsync(name, new MemoryStream("secret"u8.ToArray()), new BlobHeaders("text/plain", BlobHeaders.NoStore), None);

        var url = azurite.BehindProxy(azurite.Blobs.CreateReadUrl(name, TimeSpan.FromMinutes(5)));

        (await Browser.GetStringAsync(url)).ShouldBe("secret");
        (await SendAsync(HttpMethod.Put, url, "changed")).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Get, Elsewhere(url, "ast_1", "ast_2"))).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Get, new Uri(url.GetLeftPart(UriPartial.Path)))).ShouldNotBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space & plus+percent%20hash#question?")]
    [InlineData("żółć 🦄")]
    public async Task CreateUploadUrl_OddPath_WritesThatPath(string part)
    {
        var name = new BlobName(BlobName.Uploads, $"{_project}/{part}/source");

        (await SendAsync(HttpMethod.Put, azurite.BehindProxy(azurite.Blobs.CreateUploadUrl(name, TimeSpan.FromMinutes(5))), part)).ShouldBe(HttpStatusCode.Created);

        (await ReadAsync(name)).ShouldBe(part);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(7 * 24 * 60)]
    public void CreateUploadUrl_LifetimeOutOfRange_Throws(int minutes) =>
        Should.Throw<ArgumentOutOfRangeException>(() => azurite.Blobs.CreateUploadUrl(Upload, TimeSpan.FromMinutes(minutes)));

    [Fact]
    public async Task StoredBlobs_WithoutSignature_AreNotForTheAnonymous()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, _project);
        var media = await azurite.Blobs.PublishAsync(_project, file, "png", None);
        File.Delete(file);

        (await SendAsync(HttpMethod.Get, new Uri($"{azurite.Endpoint}/public/{media.Path}"))).ShouldBe(HttpStatusCode.Forbidden, "the CDN alone reads this container");
    }

    [Fact]
    public async Task AddBlobs_Settings_DecideWhereBrowsersGo()
    {
        await using var services = azurite.NewServices(null, ("Blobs:BrowserEndpoint", "https://blobs.example/acc/"), ("Cdn:BaseUrl", "https://cdn.example/"));
        var blobs = services.GetRequiredService<IBlobStore>();

        blobs.CreateUploadUrl(Upload, TimeSpan.FromHours(1)).AbsoluteUri.ShouldStartWith($"https://blobs.example/acc/uploads/{_project}/ast_1/source?");
        blobs.PublicUrl("m/a b.json").ShouldBe("https://cdn.example/m/a%20b.json");
        azurite.Blobs.PublicUrl("m/abc.json").ShouldBe("/cdn/m/abc.json");
    }

    [Fact]
    public void AddBlobs_NoAccount_FailsNamingTheSetting()
    {
        using var services = azurite.NewServices(null, ("AzureWebJobsStorage", ""));

        Should.Throw<InvalidOperationException>(() => services.GetRequiredService<IBlobStore>()).Message.ShouldContain("AzureWebJobsStorage");
    }
}
