using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrashBenchmark;

/// <summary>Marketers who upload pictures and wait until they are ready, and listeners who are told of it.</summary>
public sealed partial class UploadClients(Caller caller, ProductClients product, Findings findings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // By the name that the client gave, which is its idempotency key, too.
    private readonly ConcurrentDictionary<string, Upload> _uploads = new();
    private readonly ConcurrentDictionary<string, bool> _toldReady = new();
    private long _messages;

    private sealed record Upload(string ProjectId, byte[] Picture, string? AssetId);

    public int Count => _uploads.Count;

    /// <summary>How many messages were heard.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <param name="projectId">Nobody else uploads to it.</param>
    public async Task RunAsync(int client, string projectId, Random random, CancellationToken stopping)
    {
        for (var number = 0; ; number++)
        {
            var name = $"picture-{client}-{number}.png";
            _uploads[name] = new(projectId, Picture.Random(random), null);
            await SendAsync(name, stopping);
            await SettledAsync(_uploads[name].AssetId!, stopping);
        }
    }

    /// <summary>Hears of one project's assets, as the portal does.</summary>
    public async Task ListenAsync(string projectId, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                var negotiated = await product.ExpectAsync("POST", $"projects/{projectId}/negotiate", null, HttpStatusCode.OK, stopping);
                await using var connection = await HubConnection.ConnectAsync(await caller.OriginAsync(stopping), negotiated, Hear, stopping);
                await connection.Ended.WaitAsync(stopping);
            }
            catch (WebSocketException)
            {
                // Its host died; the loop waits for the next.
            }

            await Task.Delay(20, stopping);
        }
    }

    /// <summary>Announces and sends a file as often as it takes; processing begins by itself.</summary>
    public async Task<string> SendAsync(string projectId, string name, string contentType, byte[] content, CancellationToken cancellation)
    {
        var announced = await product.ExpectAsync("POST", $"projects/{projectId}/assets", new { name, contentType, bytes = content.Length }, HttpStatusCode.Created, cancellation, ("Idempotency-Key", name));
        var url = announced.GetProperty("upload").GetProperty("url").GetString()!;
        await product.ExpectAsync("PUT", url, content, HttpStatusCode.Created, cancellation, ("x-ms-blob-type", "BlockBlob"), ("Content-Type", contentType));
        return announced.GetProperty("asset").GetProperty("id").GetString()!;
    }

    /// <summary>The asset once it is ready or failed, or as it is when patience ends.</summary>
    public async Task<JsonElement> SettledAsync(string assetId, CancellationToken cancellation)
    {
        for (var giveUpAt = DateTime.UtcNow + Patience; ;)
        {
            var asset = await product.ExpectAsync("GET", $"assets/{assetId}", null, HttpStatusCode.OK, cancellation);
            if (asset.GetProperty("status").GetString() is "ready" or "failed" || DateTime.UtcNow > giveUpAt)
            {
                return asset;
            }

            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>Waits for the end of every upload; what became of each.</summary>
    public async Task<IReadOnlyList<IngestedAsset>> SettleAsync(CancellationToken cancellation)
    {
        foreach (var (name, _) in _uploads.Where(upload => upload.Value.AssetId is null))
        {
            await SendAsync(name, cancellation);
        }

        var copies = new Dictionary<(string, string), int>();
        foreach (var projectId in _uploads.Values.Select(upload => upload.ProjectId).Distinct())
        {
            foreach (var group in (await product.AllAsync($"projects/{projectId}/assets", cancellation)).GroupBy(asset => asset.GetProperty("name").GetString()!))
            {
                copies[(projectId, group.Key)] = group.Count();
            }
        }

        var ingested = new List<IngestedAsset>();
        foreach (var (name, upload) in _uploads)
        {
            var asset = await SettledAsync(upload.AssetId!, cancellation);
            ingested.Add(new(upload.AssetId!, asset.GetProperty("status").GetString()!, copies.GetValueOrDefault((upload.ProjectId, name)), await MediaAsync(asset, cancellation), _toldReady.ContainsKey(upload.AssetId!)));
        }

        return ingested;
    }

    /// <summary>Fetches everything that an asset refers to.</summary>
    public async Task<IReadOnlyList<Medium>> MediaAsync(JsonElement asset, CancellationToken cancellation)
    {
        var text = asset.ToString();
        if (asset.TryGetProperty("markerId", out var markerId) && markerId.GetString() is { } id)
        {
            text += await product.ExpectAsync("GET", $"markers/{id}", null, HttpStatusCode.OK, cancellation);
        }

        var media = new List<Medium>();
        foreach (var url in Urls().Matches(text).Select(match => match.Groups[1].Value).Distinct())
        {
            var answer = await caller.CallAsync("GET", url, null, cancellation);
            var name = url["/cdn/".Length..];
            var isWhole = Path.GetFileNameWithoutExtension(name) == Convert.ToHexStringLower(SHA256.HashData(answer.Body));
            media.Add(new(name, answer.Status != HttpStatusCode.OK ? $"answered {(int)answer.Status}" : isWhole ? null : "its bytes are not those that it is named by"));
        }

        return media;
    }

    private async Task SendAsync(string name, CancellationToken cancellation)
    {
        var upload = _uploads[name];
        _uploads[name] = upload with { AssetId = await SendAsync(upload.ProjectId, name, "image/png", upload.Picture, cancellation) };
    }

    private void Hear(string target, JsonElement arguments)
    {
        if (target != "asset.progress")
        {
            findings.Add($"an unknown message was heard: {target} {arguments}");
            return;
        }

        Interlocked.Increment(ref _messages);
        if (arguments[0].GetProperty("status").GetString() == "ready")
        {
            _toldReady[arguments[0].GetProperty("assetId").GetString()!] = true;
        }
    }

    [GeneratedRegex("\"url\":\"([^\"]+)\"")]
    private static partial Regex Urls();
}
