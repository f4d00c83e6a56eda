using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Portico.Documents.Cosmos;

/// <summary>
/// Before anything else starts: the containers. What is misconfigured ends the start and is named; an account that can't be
/// reached does not, as long as there is nothing to make, since it may answer the first request.
/// </summary>
internal sealed class PrepareCosmos(CosmosDocumentStore store, CosmosSettings settings, ILogger<PrepareCosmos> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.Containers.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DocumentStoreUnavailableException outage) when (!settings.CreatesContainers)
        {
            logger.LogWarning(outage, "Cosmos DB at {Endpoint} could not be reached; its containers were not checked", settings.Endpoint);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
