using Microsoft.DurableTask;

namespace Portico.EmbeddedHost.Durable;

/// <summary>Repeats failed calls by policy or handler. The waits are durable timers, so they survive a restart.</summary>
internal sealed class RetryingCalls(TaskOrchestrationContext context)
{
    /// <summary>Marks, in an exception's data, a failure that no retry can mend.</summary>
    public const string NotWorthRetrying = "Portico.Durable.NotWorthRetrying";

    /// <summary>Makes a call, and again while its options say so.</summary>
    public Task<T> CallAsync<T>(TaskOptions? options, Func<Task<T>> call) => options?.Retry switch
    {
        null => call(),
        { Policy: { } policy } => CallByPolicyAsync(policy, call),
        { Handler: { } handler } => CallByHandlerAsync(handler, call),
        _ => call(),
    };

    private async Task<T> CallByPolicyAsync<T>(RetryPolicy policy, Func<Task<T>> call)
    {
        var firstAttemptAt = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException failure)
            {
                if (!IsWorthRetrying(failure, policy, attempt, firstAttemptAt))
                {
                    throw;
                }
            }

            await context.CreateTimer(WaitAfter(policy, attempt), CancellationToken.None);
        }
    }

    private bool IsWorthRetrying(TaskFailedException failure, RetryPolicy policy, int attempt, DateTime firstAttemptAt) =>
        attempt < policy.MaxNumberOfAttempts
        && !failure.Data.Contains(NotWorthRetrying)
        && (policy.RetryTimeout == Timeout.InfiniteTimeSpan || context.CurrentUtcDateTime - firstAttemptAt < policy.RetryTimeout)
        && policy.IsWorthRetrying(failure.FailureDetails);

    /// <summary>first · coefficient^(attempt − 1), at most the policy's longest wait.</summary>
    private static TimeSpan WaitAfter(RetryPolicy policy, int attempt)
    {
        var ticks = policy.FirstRetryInterval.Ticks * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.FromDays(3650) : policy.MaxRetryInterval;
        return ticks < longest.Ticks ? TimeSpan.FromTicks((long)ticks) : longest;
    }

    private async Task<T> CallByHandlerAsync<T>(AsyncRetryHandler handler, Func<Task<T>> call)
    {
        var firstAttemptAt = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException failure) when (!failure.Data.Contains(NotWorthRetrying))
            {
                var known = new RetryContext(
                    context, attempt, failure.FailureDetails, context.CurrentUtcDateTime - firstAttemptAt, CancellationToken.None);
                if (!await handler(known))
                {
                    throw;
                }
            }
        }
    }
}
