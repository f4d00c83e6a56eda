namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// Waiting orchestrations in memory, least recently used dropped first. Who takes one owns it until it is put back,
/// so a run is never in two hands. A dropped run costs a replay, nothing else.
/// </summary>
/// <param name="capacity">Runs kept at most.</param>
internal sealed class CachedRuns(int capacity) : IDisposable
{
    private readonly Dictionary<string, LinkedListNode<OrchestrationRun>> _byInstance = new(StringComparer.Ordinal);
    private readonly LinkedList<OrchestrationRun> _recentFirst = new();
    private bool _disposed;

    /// <summary>Hands over the run of an instance, if it is kept and of this execution; a stale one is dropped.</summary>
    public OrchestrationRun? Take(string instanceId, long execution)
    {
        OrchestrationRun run;
        lock (_byInstance)
        {
            if (!_byInstance.Remove(instanceId, out var node))
            {
                return null;
            }

            _recentFirst.Remove(node);
            run = node.Value;
        }

        if (run.Identity.Execution == execution)
        {
            return run;
        }

        run.Dispose();
        return null;
    }

    /// <summary>Keeps a run.</summary>
    public void Put(OrchestrationRun run)
    {
        OrchestrationRun? dropped = null;
        lock (_byInstance)
        {
            if (_disposed || capacity == 0)
            {
                dropped = run;
            }
            else
            {
                _byInstance[run.Identity.InstanceId] = _recentFirst.AddFirst(run);
                if (_byInstance.Count > capacity)
                {
                    dropped = _recentFirst.Last!.Value;
                    _recentFirst.RemoveLast();
                    _byInstance.Remove(dropped.Identity.InstanceId);
                }
            }
        }

        dropped?.Dispose();
    }

    public void Dispose()
    {
        lock (_byInstance)
        {
            _disposed = true;
            foreach (var run in _recentFirst)
            {
                run.Dispose();
            }

            _byInstance.Clear();
            _recentFirst.Clear();
        }
    }
}
