namespace Portico.Documents;

/// <summary>
/// The store could not be reached, or refused for being busy longer than its client waits. Whether a write was applied
/// is unknown. Requests answer 503 <c>service.storage_unavailable</c>; activities are retried.
/// </summary>
/// <param name="message">For the log: says what failed, never holds a secret.</param>
/// <param name="retryAfter">When the store said so: how long to wait.</param>
public sealed class DocumentStoreUnavailableException(string message, TimeSpan? retryAfter, Exception? inner) : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
