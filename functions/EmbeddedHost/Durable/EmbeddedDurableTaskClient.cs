using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Portico.Storage;

namespace Portico.EmbeddedHost.Durable;

/// <summary>The client in the engine's own process. What a call asks for is on the disk when it returns.</summary>
internal sealed class EmbeddedDurableTaskClient(DurableEngine engine, DurableEngineOptions options) : DurableTaskClient(options.HubName)
{
    // A purge of many is many transactions, so that it doesn't hold up orchestrations.
    private const int PurgeBatch = 200;

    private readonly HistoryStore _store = engine.Store;
    private readonly DataConverter _converter = options.DataConverter;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var instance = new NewInstance(
            options?.InstanceId ?? Guid.NewGuid().ToString("N"),
            orchestratorName,
            Payload.Serialize(_converter, input, $"input of '{orchestratorName}'"),
            options?.StartAt is { } start && start.UtcTicks > _store.Now ? start.UtcTicks : 0);
        var (created, woken) = await _store.WriteAsync(
            (session, now, list) => InstanceRows.TryCreate(session, instance, now, list), cancellation);
        engine.Wake(woken);
        return created
            ? instance.Id
            : throw new OrchestrationAlreadyExistsException($"An orchestration instance with the id '{instance.Id}' is open already.");
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var payload = Payload.Serialize(_converter, eventPayload, $"payload of event '{eventName}'");
        return WriteAndWakeAsync(
            (session, now, woken) => InstanceRows.RaiseEvent(session, instanceId, eventName, payload, now, woken), cancellation);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        engine.Waiters.WaitAsync(
            instanceId,
            () => Get(instanceId, getInputsAndOutputs) is { RuntimeStatus: not OrchestrationRuntimeStatus.Pending } started ? started : null,
            cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        engine.Waiters.WaitAsync(
            instanceId, () => Get(instanceId, getInputsAndOutputs) is { IsCompleted: true } ended ? ended : null, cancellation);

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(Get(instanceId, getInputsAndOutputs));

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return new InstancePages(query, (after, pageSize) => _store.Read(session => InstanceQueries.List(
            session, query, query.FetchInputsAndOutputs ? _converter : null, after, pageSize)));
    }

    public override async Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var output = Payload.Serialize(_converter, options?.Output, "termination output");
        var (ended, woken) = await _store.WriteAsync(
            (session, now, list) =>
            {
                var terminated = new List<string>();
                if (InstanceRows.Find(session, instanceId) is { IsOpen: true } row)
                {
                    Terminate(session, row.Execution, instanceId, output, options?.Recursive ?? false, now, terminated, list);
                }

                return terminated;
            },
            cancellation);
        engine.Wake(woken.Concat(ended));
        ended.ForEach(engine.Waiters.Signal);
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        WriteAndWakeAsync(
            (session, now, _) => session.Run(
                "UPDATE instances SET suspended = 1, updated_at = $2 WHERE id = $1 AND status IN (0, 6)", instanceId, now),
            cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        WriteAndWakeAsync(
            (session, now, woken) =>
            {
                session.Run("UPDATE instances SET suspended = 0, updated_at = $2 WHERE id = $1 AND suspended = 1", instanceId, now);
                woken.Add(instanceId);
            },
            cancellation);

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var (purged, _) = await _store.WriteAsync(
            (session, _, _) => InstanceRows.Find(session, instanceId) is { IsOpen: false } row
                ? Purge(session, row.Execution, options?.Recursive ?? false)
                : 0,
            cancellation);
        return new PurgeResult(purged, isComplete: true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var total = 0;
        while (true)
        {
            var (purged, _) = await _store.WriteAsync(
                (session, _, _) => InstanceQueries.Ended(session, filter, PurgeBatch)
                    .Sum(execution => Purge(session, execution, options?.Recursive ?? false)),
                cancellation);
            total += purged;
            if (purged == 0)
            {
                return new PurgeResult(total, isComplete: true);
            }
        }
    }

    /// <summary>Nothing to release: the engine outlives its clients.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private OrchestrationMetadata? Get(string instanceId, bool withPayloads) =>
        _store.Read(session => InstanceQueries.Get(session, instanceId, withPayloads ? _converter : null));

    private async Task WriteAndWakeAsync(Action<SqliteSession, long, List<string>> work, CancellationToken cancellation) =>
        engine.Wake(await _store.WriteAsync(work, cancellation));

    private static void Terminate(
        SqliteSession session, long execution, string instanceId, string? output, bool recursive, long now, List<string> ended, List<string> woken)
    {
        var failure = Payload.SerializeFailure(new(
            "DurableTask.Core.Exceptions.OrchestrationTerminatedException", $"Orchestration '{instanceId}' was terminated.", null, null, null));
        InstanceRows.End(session, execution, OrchestrationRuntimeStatus.Terminated, output, failure, now, woken);
        ended.Add(instanceId);
        if (recursive)
        {
            foreach (var child in InstanceRows.Children(session, execution).Where(child => child.IsOpen))
            {
                Terminate(session, child.Execution, child.Id, output, recursive, now, ended, woken);
            }
        }
    }

    private static int Purge(SqliteSession session, long execution, bool recursive)
    {
        var children = recursive ? InstanceRows.Children(session, execution).Where(child => !child.IsOpen).ToList() : [];
        return InstanceRows.Delete(session, execution) + children.Sum(child => Purge(session, child.Execution, recursive));
    }

    private sealed class InstancePages(OrchestrationQuery query, Func<string?, int, List<OrchestrationMetadata>> read)
        : AsyncPageable<OrchestrationMetadata>
    {
        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(
            string? continuationToken = default, int? pageSizeHint = default)
        {
            var pageSize = pageSizeHint ?? query.PageSize;
            var after = continuationToken ?? query.ContinuationToken;
            do
            {
                // One more than asked for tells whether there is a next page, so that the last one is never empty.
                var page = read(after, pageSize + 1);
                var isLast = page.Count <= pageSize;
                page = [.. page.Take(pageSize)];
                after = isLast ? null : page[^1].InstanceId;
                yield return new Page<OrchestrationMetadata>(page, after);
                await Task.CompletedTask;
            }
            while (after is not null);
        }
    }
}
