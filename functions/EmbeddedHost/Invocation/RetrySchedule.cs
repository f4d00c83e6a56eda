using System.Globalization;
using Microsoft.Azure.Functions.Worker;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>Reads retry attributes.</summary>
internal static class RetrySchedule
{
    /// <summary>The wait before the given retry (from 1); null when there is no further one.</summary>
    public static TimeSpan? WaitBefore(int retry, RetryAttribute? attribute)
    {
        if (attribute is null || (attribute.MaxRetryCount >= 0 && retry > attribute.MaxRetryCount))
        {
            return null;
        }

        return attribute switch
        {
            FixedDelayRetryAttribute fixedDelay => Parse(fixedDelay.DelayInterval),
            ExponentialBackoffRetryAttribute backOff => Shorter(Parse(backOff.MaximumInterval), Parse(backOff.MinimumInterval) * Math.Pow(2, Math.Min(retry - 1, 30))),
            _ => null,
        };
    }

    private static TimeSpan Parse(string interval) => TimeSpan.Parse(interval, CultureInfo.InvariantCulture);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
