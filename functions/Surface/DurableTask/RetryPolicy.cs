namespace Microsoft.DurableTask;

/// <summary>A declarative retry rule with exponential back-off. The waits are durable timers.</summary>
public class RetryPolicy
{
    /// <summary>Declares the rule.</summary>
    /// <param name="maxNumberOfAttempts">Attempts in all, the first included; 1 means no retry.</param>
    /// <param name="firstRetryInterval">Wait between the first and the second attempt.</param>
    /// <param name="backoffCoefficient">Factor by which each wait grows, at least 1.</param>
    /// <param name="maxRetryInterval">Longest wait; an hour when null.</param>
    /// <param name="retryTimeout">No attempt starts later than this after the first; no such limit when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        ThrowIfShorterThanFirstInterval(maxRetryInterval, nameof(maxRetryInterval));
        ThrowIfShorterThanFirstInterval(retryTimeout, nameof(retryTimeout));

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;

        void ThrowIfShorterThanFirstInterval(TimeSpan? value, string name)
        {
            if (value < firstRetryInterval && value != Timeout.InfiniteTimeSpan)
            {
                throw new ArgumentOutOfRangeException(name, value, $"Must not be shorter than {nameof(firstRetryInterval)}.");
            }
        }
    }

    /// <summary>Attempts in all, the first included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>Wait between the first and the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>Factor by which each wait grows.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>Longest wait between two attempts; infinite means unbounded.</summary>
    public TimeSpan MaxRetryInterval { get; }

    /// <summary>Time after the first attempt beyond which none is made; infinite means unbounded.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary>
    /// Says of a failure whether it is worth another attempt. Count and time limits come first. Must be
    /// deterministic.
    /// </summary>
    public Func<TaskFailureDetails, bool> HandleFailure
    {
        init => IsWorthRetrying = value;
    }

    internal Func<TaskFailureDetails, bool> IsWorthRetrying { get; private init; } = _ => true;
}
