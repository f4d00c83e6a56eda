using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Integration;

/// <summary>One person's signed-in client of the HTTP API.</summary>
public sealed class Campaigner : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http;

    // What is no part of the API (uploads, the CDN) is called without a token, as browsers do.
    private readonly HttpClient _anonymous;

    private readonly RunningApp? _app;

    private Campaigner(Uri origin, RunningApp? app, string email, string password)
    {
        _app = app;
        Email = email;
        Password = password;
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = origin };
        _anonymous = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = origin };
    }

    public string Email { get; }

    public string Password { get; }

    public string AccessToken
    {
        get => _http.DefaultRequestHeaders.Authorization!.Parameter!;
        set => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", value);
    }

    /// <summary>A fresh account.</summary>
    public static Task<Campaigner> RegisterAsync(RunningApp app) => RegisterAsync(app.Origin, app);

    public static async Task<Campaigner> RegisterAsync(Uri origin, RunningApp? app = null)
    {
        var campaigner = new Campaigner(origin, app, $"{Guid.NewGuid():N}@example.com", $"correct horse {Guid.NewGuid():N}");
        var session = await campaigner.CallAsync("POST", "auth/register", new { email = campaigner.Email, password = campaigner.Password, displayName = "Tester" }, HttpStatusCode.Created);
        campaigner.AccessToken = session.GetProperty("accessToken").GetString()!;
        return campaigner;
    }

    /// <summary>Somebody who has an account already.</summary>
    public static Task<Campaigner> SignInAsync(RunningApp app, string email, string password) => SignInAsync(app.Origin, email, password, app);

    public static async Task<Campaigner> SignInAsync(Uri origin, string email, string password, RunningApp? app = null)
    {
        var campaigner = new Campaigner(origin, app, email, password);
        campaigner.AccessToken = (await campaigner.CallAsync("POST", "auth/login", new { email, password })).GetProperty("accessToken").GetString()!;
        return campaigner;
    }

    public void Dispose()
    {
        _http.Dispose();
        _anonymous.Dispose();
    }

    /// <summary>The raw answer.</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var isApi = !path.StartsWith('/');
        var request = new HttpRequestMessage(new HttpMethod(method), isApi ? $"/api/v1/{path}" : path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return (isApi ? _http : _anonymous).SendAsync(request);
    }

    public Task<HttpResponseMessage> SendJsonAsync(string method, string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    /// <summary>The body of an answer that must have this status.</summary>
    public async Task<JsonElement> CallAsync(string method, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await SendAsync(method, path, body is null ? null : JsonContent.Create(body));
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, $"{method} {path}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public async Task<string> CreateProjectAsync(string name = "Campaign") =>
        (await CallAsync("POST", "projects", new { name }, HttpStatusCode.Created)).GetProperty("id").GetString()!;

    /// <summary>Announces a file of <paramref name="bytes"/> bytes; nothing is sent yet.</summary>
    public async Task<(string AssetId, string UploadUrl)> AnnounceAsync(string projectId, string name, string contentType, long bytes)
    {
        var answer = await CallAsync("POST", $"projects/{projectId}/assets", new { name, contentType, bytes }, HttpStatusCode.Created);
        return (answer.GetProperty("asset").GetProperty("id").GetString()!, answer.GetProperty("upload").GetProperty("url").GetString()!);
    }

    /// <summary>Writes a blob through its one-blob URL, as a browser does.</summary>
    public async Task PutAsync(string uploadUrl, byte[] content, string contentType = "application/octet-stream")
    {
        var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var response = await SendAsync("PUT", uploadUrl, body, ("x-ms-blob-type", "BlockBlob"));
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Announces and sends a file; its id.</summary>
    public async Task<string> UploadAsync(string projectId, string name, string contentType, byte[] content)
    {
        var (assetId, url) = await AnnounceAsync(projectId, name, contentType, Math.Max(1, content.Length));
        await PutAsync(url, content, contentType);
        return assetId;
    }

    public Task<JsonElement> AssetAsync(string assetId) => CallAsync("GET", $"assets/{assetId}");

    /// <summary>The asset once it is ready or failed.</summary>
    public async Task<JsonElement> SettledAsync(string assetId) => await WhenAsync(assetId, status => status is "ready" or "failed");

    /// <summary>The asset once its status satisfies <paramref name="condition"/>.</summary>
    public async Task<JsonElement> WhenAsync(string assetId, Func<string, bool> condition)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var asset = await AssetAsync(assetId);
            if (condition(asset.GetProperty("status").GetString()!))
            {
                return asset;
            }

            (DateTime.UtcNow < deadline).ShouldBeTrue($"Still {asset} after {Patience}. The app's last words:\n{string.Join('\n', _app?.Output.Split('\n').TakeLast(20) ?? [])}");
            await Task.Delay(100);
        }
    }
}
