namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// Runs orchestrator code on one thread at a time, in the order of its history. A continuation that arrives from
/// anywhere else means that the code awaited something that isn't the context's: replay could not repeat that, so it
/// is reported, not run.
/// </summary>
/// <param name="foreignContinuation">Called on the foreign thread.</param>
internal sealed class OrchestratorThread(Action foreignContinuation) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private int _ownerThreadId;

    /// <summary>Whether the caller is the orchestrator's own code, on its own thread.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == Volatile.Read(ref _ownerThreadId);

    /// <summary>Runs orchestrator code on the calling thread, and all that it posts, until it waits or ends.</summary>
    public void Run(Action code)
    {
        var outer = Current;
        Volatile.Write(ref _ownerThreadId, Environment.CurrentManagedThreadId);
        SetSynchronizationContext(this);
        try
        {
            code();
            while (_posted.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            Volatile.Write(ref _ownerThreadId, 0);
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>
    /// Completes one of the context's tasks. Continuations that captured this context are posted to it; those that
    /// declined to (<c>ConfigureAwait(false)</c>) run right here, so that they stay on the orchestrator's thread too.
    /// </summary>
    public void Complete(Action completion)
    {
        var outer = Current;
        SetSynchronizationContext(null);
        try
        {
            completion();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            _posted.Enqueue((d, state));
        }
        else
        {
            foreignContinuation();
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Orchestrator code can't be called synchronously from another thread.");

    public override SynchronizationContext CreateCopy() => this;
}
