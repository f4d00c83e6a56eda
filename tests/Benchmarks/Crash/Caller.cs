using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CrashBenchmark;

/// <summary>An HTTP answer.</summary>
public sealed record Answer(HttpStatusCode Status, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <summary>
/// Calls a host over all its lives: a call that got no answer is made again, to the next process if need be. So what it
/// returns has been acknowledged, and may have been done more than once.
/// </summary>
public sealed class Caller : IDisposable
{
    // A machine with sixty things to do at once kills hosts for minutes before one of them answers; that breaks no promise.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Patience };
    private readonly Lock _gate = new();
    private readonly Findings _findings;
    private TaskCompletionSource<Uri> _origin = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Caller(Findings findings) => _findings = findings;

    /// <summary>Sent with every call when set.</summary>
    public string? AccessToken { get; set; }

    /// <summary>Gets another token when the one in use has expired.</summary>
    public Func<CancellationToken, Task<string>>? SignInAgain { get; set; }

    /// <summary>The host answers here from now on. False when that was known.</summary>
    public bool Open(Uri origin)
    {
        lock (_gate)
        {
            return _origin.TrySetResult(origin);
        }
    }

    /// <summary>The host is about to die: calls wait for the next.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_origin.Task.IsCompleted)
            {
                _origin = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>The living host's address; waits for one.</summary>
    public Task<Uri> OriginAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _origin.Task.WaitAsync(cancellation);
        }
    }

    /// <param name="path">Below the API's prefix, or from the root when it begins with a slash.</param>
    /// <exception cref="TimeoutException">No answer for very long although hosts came and went.</exception>
    public async Task<Answer> CallAsync(string method, string path, object? body, CancellationToken cancellation, params (string Name, string Value)[] headers)
    {
        var giveUpAt = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < giveUpAt)
        {
            var origin = await OriginAsync(cancellation);
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(origin, path.StartsWith('/') ? path : $"/api/v1/{path}"));
            request.Content = body switch { null => null, byte[] bytes => new ByteArrayContent(bytes), _ => JsonContent.Create(body) };
            if (!path.StartsWith('/') && !path.StartsWith("auth/", StringComparison.Ordinal) && AccessToken is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            foreach (var (name, value) in headers)
            {
                _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value);
            }

            try
            {
                using var response = await _http.SendAsync(request, cancellation);
                var answer = new Answer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation));
                if (answer.Status == HttpStatusCode.InternalServerError)
                {
                    _findings.Add($"{method} {path} answered 500: {answer.Text}");
                }

                if (answer.Status == HttpStatusCode.Unauthorized && request.Headers.Authorization is not null && SignInAgain is not null)
                {
                    AccessToken = await SignInAgain(cancellation);
                }
                else if ((int)answer.Status < 500)
                {
                    return answer;
                }
            }
            catch (HttpRequestException)
            {
                // Its host died.
            }

            await Task.Delay(Pause, cancellation);
        }

        throw new TimeoutException($"{method} {path} got no answer within {Patience}.");
    }

    public void Dispose() => _http.Dispose();
}
