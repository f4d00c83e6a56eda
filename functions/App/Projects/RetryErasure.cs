using Microsoft.DurableTask.Client;
using Portico.Assets;
using Portico.Http;
using Portico.Operations;

namespace Portico.Projects;

/// <summary>A failed erasure again, under its own id: it deletes what is still there.</summary>
public sealed class RetryErasure : IOrchestrationRetry
{
    public string Orchestration => nameof(EraseProject);

    public string Rule => "Erases what is left of the project, under the same instance.";

    public async Task<RetryOutcome> RetryAsync(OrchestrationMetadata failed, DurableTaskClient orchestrations, CancellationToken cancellation)
    {
        if (failed.ReadInputAs<ProjectToErase>() is not { } project)
        {
            return RetryOutcome.Refused(ErrorCatalogue.NothingToRetry, "The instance does not say which project.");
        }

        await orchestrations.StartUnlessOpenAsync(nameof(EraseProject), failed.InstanceId, project, cancellation);
        return RetryOutcome.RunsAs(failed.InstanceId);
    }
}
