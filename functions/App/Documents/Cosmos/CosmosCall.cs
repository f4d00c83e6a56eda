using System.Net;
using Azure.Identity;
using Microsoft.Azure.Cosmos;

namespace Portico.Documents.Cosmos;

/// <summary>
/// One operation of the SDK: measured, and its failures told apart. Answers that a caller expects (absent, taken,
/// another version) come back as they are; everything else leaves as an exception that is not the SDK's.
/// </summary>
/// <param name="patience">
/// After how long an operation is given up, tries included: left alone, the SDK looks for another way to an account that is gone for two
/// minutes, and nobody waits for that.
/// </param>
internal sealed class CosmosCall(TimeSpan patience)
{
    /// <summary>The answer when it is a success or one of the expected statuses; the caller disposes of it.</summary>
    /// <exception cref="DocumentStoreUnavailableException">No answer, or "later": the outcome of a write is unknown.</exception>
    /// <exception cref="ArgumentException">413: the document, the patched one included, is too large.</exception>
    /// <exception cref="InvalidOperationException">Cosmos DB refuses the request: a patch that can't be applied, a container that is missing, a role that is.</exception>
    public async Task<ResponseMessage> SendAsync(string operation, string container, Func<CancellationToken, Task<ResponseMessage>> send, CancellationToken cancellation)
    {
        var response = await MeasuredAsync(operation, container, send, r => (r.StatusCode, r.Headers.RequestCharge), cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode || IsExpected(response.StatusCode, response.Headers))
        {
            return response;
        }

        using (response)
        {
            throw Failure(operation, container, response.StatusCode, response.Headers, response.ErrorMessage);
        }
    }

    /// <summary>A batch's answer when it was carried out, or refused for one of its operations; the caller disposes of it.</summary>
    public async Task<TransactionalBatchResponse> SendAsync(string container, Func<CancellationToken, Task<TransactionalBatchResponse>> send, CancellationToken cancellation)
    {
        var response = await MeasuredAsync("execute_batch", container, send, r => (r.StatusCode, r.RequestCharge), cancellation).ConfigureAwait(false);
        // What one of the operations is refused for is an answer to all of them; a refusal of the request itself answers none.
        if (response.IsSuccessStatusCode || (int)response.StatusCode < 500 && response.Any(operation => operation.StatusCode == HttpStatusCode.FailedDependency))
        {
            return response;
        }

        // A batch of one has nothing that depends on the operation that failed.
        if (response.Count == 1 && IsExpected(response.StatusCode, response.Headers))
        {
            return response;
        }

        using (response)
        {
            throw Failure("execute_batch", container, response.StatusCode, response.Headers, response.ErrorMessage);
        }
    }

    /// <summary>What to throw for a status that nobody expects. The message is Cosmos DB's own, for the log.</summary>
    public static Exception Failure(string operation, string container, HttpStatusCode status, Headers? headers, string? message)
    {
        var what = $"Cosmos DB answered {(int)status}/{SubStatus(headers)} to {operation} in '{container}': {message}";
        return status switch
        {
            HttpStatusCode.RequestEntityTooLarge => new ArgumentException(what),
            HttpStatusCode.RequestTimeout or HttpStatusCode.Gone or HttpStatusCode.TooManyRequests or (HttpStatusCode)449 or >= HttpStatusCode.InternalServerError =>
                new DocumentStoreUnavailableException(what, RetryAfter(headers), null),
            // 404/1002: the replica has not caught up. It is no statement about the document.
            HttpStatusCode.NotFound when SubStatus(headers) == "1002" => new DocumentStoreUnavailableException(what, null, null),
            _ => new InvalidOperationException(what),
        };
    }

    /// <summary>404 may also mean that the container is missing (1003) or a replica is behind (1002).</summary>
    private static bool IsExpected(HttpStatusCode status, Headers? headers) => status switch
    {
        HttpStatusCode.NotFound => SubStatus(headers) == "0",
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => true,
        _ => false,
    };

    private async Task<T> MeasuredAsync<T>(string operation, string container, Func<CancellationToken, Task<T>> send, Func<T, (HttpStatusCode Status, double RequestCharge)> facts, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var measured = CosmosTelemetry.Begin(operation, container);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(patience);
        try
        {
            var answer = await send(limited.Token).ConfigureAwait(false);
            var (status, charge) = facts(answer);
            measured.Answered(status, charge);
            return answer;
        }
        catch (CosmosException refused)
        {
            measured.Answered(refused.StatusCode, refused.RequestCharge);
            throw Failure(operation, container, refused.StatusCode, refused.Headers, refused.ResponseBody);
        }
        catch (OperationCanceledException cancelled) when (cancellation.IsCancellationRequested)
        {
            measured.Failed(cancelled);
            throw new OperationCanceledException($"{operation} in '{container}' was cancelled.", cancelled, cancellation);
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException or AuthenticationFailedException)
        {
            measured.Failed(failure);
            throw new DocumentStoreUnavailableException($"Cosmos DB did not answer to {operation} in '{container}'.", null, failure);
        }
    }

    private static string SubStatus(Headers? headers) => headers?["x-ms-substatus"] is { Length: > 0 } substatus ? substatus : "0";

    private static TimeSpan? RetryAfter(Headers? headers) =>
        double.TryParse(headers?["x-ms-retry-after-ms"], System.Globalization.CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
}
