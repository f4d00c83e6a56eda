using System.Net.Http.Json;
using System.Text.Json;

[assembly: AssemblyFixture(typeof(Conformance.Target))]

namespace Conformance;

/// <summary>Which Functions host answers.</summary>
public enum Flavour
{
    Embedded,
    Azure,
}

/// <summary>
/// The function app of <c>tests/Conformance/Functions</c> on some host. <c>PORTICO_CONFORMANCE_ORIGIN</c> names one that
/// runs already (Core Tools, Azure); <c>PORTICO_CONFORMANCE_START</c> is a shell command that starts one, there or, where
/// that is not set, on a free port that is put in for <c>{port}</c>; with neither, the suite starts the embedded flavour.
/// </summary>
public sealed class Target : IAsyncLifetime
{
    private const string Prefix = "conformance/v1/";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(5) };
    private readonly HostProcess? _process = HostProcess.FromEnvironment();
    private Uri? _origin = OriginFromEnvironment();

    internal static Uri? OriginFromEnvironment() =>
        Environment.GetEnvironmentVariable("PORTICO_CONFORMANCE_ORIGIN") is { Length: > 0 } text ? new Uri(text) : null;

    public Flavour Flavour { get; private set; }

    /// <summary>Scheme, host and port.</summary>
    public Uri Origin => _origin ?? throw new InvalidOperationException("The host is not running.");

    /// <summary>How long to wait for what happens by itself. Azure's container scan takes its time.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(Of(embedded: 30, azure: 240));

    /// <summary>Whether this suite started the host's process and may stop it.</summary>
    public bool OwnsHost => _process is not null;

    /// <summary>The value that holds for the flavour under test: where they differ on purpose, both stand in the test.</summary>
    public T Of<T>(T embedded, T azure) => Flavour == Flavour.Embedded ? embedded : azure;

    public async ValueTask InitializeAsync()
    {
        if (_process is not null)
        {
            _origin = await _process.StartAsync();
        }

        Flavour = Enum.Parse<Flavour>((await AliveAsync()).Flavour);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    /// <summary>An address of the function app.</summary>
    public Uri Address(string path) => new(Origin, Prefix + path);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(method, Address(path)) { Content = content }, cancellation);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation = default) => _http.SendAsync(request, cancellation);

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>The JSON of an answer that must be a success.</summary>
    public async Task<T> GetJsonAsync<T>(string path) => await ReadAsync<T>(await GetAsync(path));

    /// <summary>The text of an answer that must be a success: what becomes of a string in an object result.</summary>
    public async Task<string> GetTextAsync(string path) => await ReadTextAsync(await GetAsync(path));

    public static async Task<string> ReadTextAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} → {(int)answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} → {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web))!;
    }

    public Task PutBlobAsync(string container, string name, string content) => PutBlobAsync(container, name, System.Text.Encoding.UTF8.GetBytes(content));

    public async Task PutBlobAsync(string container, string name, byte[] content) =>
        (await SendAsync(HttpMethod.Put, $"blobs/{container}/{name}", new ByteArrayContent(content))).EnsureSuccessStatusCode();

    /// <summary>What functions wrote down under a key, in order of time.</summary>
    public Task<List<string>> ObservationsAsync(string key) => GetJsonAsync<List<string>>($"observations/{key}");

    /// <summary>Waits until a key's observations are as wanted, and returns them.</summary>
    public Task<List<string>> ObservationsAsync(string key, Func<List<string>, bool> wanted) =>
        EventuallyAsync(() => ObservationsAsync(key), wanted, seen => $"under {key}: {string.Join(" | ", seen)}");

    /// <summary>Asks again until the answer is as wanted; fails with the last answer when patience ends.</summary>
    public async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, Func<T, string>? describe = null)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var last = await ask();
            if (wanted(last))
            {
                return last;
            }

            (DateTime.UtcNow < deadline).ShouldBeTrue($"It did not come to pass within {Patience}: {(describe is null ? JsonSerializer.Serialize(last) : describe(last))}");
            await Task.Delay(100);
        }
    }

    /// <summary>For a process that ends itself: returns when another one than <paramref name="process"/> answers.</summary>
    public async Task RestartAfterCrashAsync(int process)
    {
        if (Flavour == Flavour.Embedded && _process is not null)
        {
            // Azure's host starts its worker again by itself; the embedded host is one process, started by whoever ran it.
            await _process.WaitForEndAsync();
            _origin = await _process.StartAsync();
        }

        await EventuallyAsync(TryAliveAsync, alive => alive is not null && alive.Process != process);
    }

    /// <summary>Ends the host by SIGTERM, waits, and starts it again.</summary>
    public async Task RestartAsync(TimeSpan downFor)
    {
        await _process!.StopAsync();
        await Task.Delay(downFor);
        _origin = await _process.StartAsync();
    }

    public async Task<Alive> AliveAsync() => await GetJsonAsync<Alive>("alive");

    private async Task<Alive?> TryAliveAsync()
    {
        try
        {
            return await AliveAsync();
        }
        catch (Exception down) when (down is HttpRequestException or ShouldAssertException or JsonException)
        {
            return null;
        }
    }

    /// <param name="Process">Of the functions; in Azure that is the worker.</param>
    public sealed record Alive(string Flavour, int Process, DateTime StartedAt);
}

/// <summary>A name that no other test uses.</summary>
internal static class Key
{
    public static string New(string what) => $"{what}-{Guid.NewGuid():N}";
}
