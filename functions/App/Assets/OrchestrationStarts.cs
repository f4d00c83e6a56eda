using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.Assets;

/// <summary>Starts of orchestrations whose id says what they are about.</summary>
public static class OrchestrationStarts
{
    /// <summary>
    /// Starts the orchestration unless its instance is open. Two callers at the same moment both succeed, and one
    /// instance runs. False when it was open already.
    /// </summary>
    public static async Task<bool> StartUnlessOpenAsync(this DurableTaskClient orchestrations, TaskName name, string instanceId, object input, CancellationToken cancellation)
    {
        if (await orchestrations.GetInstanceAsync(instanceId, cancellation) is { IsCompleted: false })
        {
            return false;
        }

        try
        {
            await orchestrations.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(instanceId), cancellation);
            return true;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            // The store refuses a second instance of an id in its own words; whether that was it, it knows itself.
            if (await orchestrations.GetInstanceAsync(instanceId, cancellation) is { IsCompleted: false })
            {
                return false;
            }

            throw;
        }
    }
}
