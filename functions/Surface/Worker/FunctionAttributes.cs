namespace Microsoft.Azure.Functions.Worker;

/// <summary>Declares a public method as a function.</summary>
/// <param name="name">Unique within the app; the name that settings, logs and orchestrations use.</param>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>The function's name.</summary>
    public string Name { get; } = name;
}

/// <summary>How often the host runs a function again after an exception. Honoured for timer triggers, as in Azure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RetryAttribute : Attribute
{
    /// <summary>Retries after the first try; -1 retries for ever.</summary>
    public int MaxRetryCount { get; set; }

    private protected static TimeSpan ParseInterval(string value, string parameter)
    {
        return TimeSpan.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var interval) && interval >= TimeSpan.Zero
            ? interval
            : throw new ArgumentOutOfRangeException(parameter, value, "Expected a non-negative interval written hh:mm:ss.");
    }
}

/// <summary>Waits the same time before every retry.</summary>
public sealed class FixedDelayRetryAttribute : RetryAttribute
{
    /// <param name="maxRetryCount">Retries after the first try; -1 retries for ever.</param>
    /// <param name="delayInterval">The wait, as <c>hh:mm:ss</c>.</param>
    public FixedDelayRetryAttribute(int maxRetryCount, string delayInterval)
    {
        ParseInterval(delayInterval, nameof(delayInterval));
        MaxRetryCount = maxRetryCount;
        DelayInterval = delayInterval;
    }

    /// <summary>The wait, as <c>hh:mm:ss</c>.</summary>
    public string DelayInterval { get; }
}

/// <summary>Doubles the wait before every retry, between a least and a greatest wait.</summary>
public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
{
    /// <param name="maxRetryCount">Retries after the first try; -1 retries for ever.</param>
    /// <param name="minimumInterval">The first wait, as <c>hh:mm:ss</c>.</param>
    /// <param name="maximumInterval">The longest wait, as <c>hh:mm:ss</c>.</param>
    public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    {
        if (ParseInterval(minimumInterval, nameof(minimumInterval)) > ParseInterval(maximumInterval, nameof(maximumInterval)))
        {
            throw new ArgumentException("The least wait is longer than the greatest.", nameof(minimumInterval));
        }

        MaxRetryCount = maxRetryCount;
        MinimumInterval = minimumInterval;
        MaximumInterval = maximumInterval;
    }

    /// <summary>The first wait, as <c>hh:mm:ss</c>.</summary>
    public string MinimumInterval { get; }

    /// <summary>The longest wait, as <c>hh:mm:ss</c>.</summary>
    public string MaximumInterval { get; }
}
