namespace Portico.EmbeddedHost.Durable;

/// <summary>Callers that wait for an instance to start or end.</summary>
internal sealed class InstanceWaiters
{
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>Says that an instance has started, ended or gone.</summary>
    public void Signal(string instanceId)
    {
        lock (_slots)
        {
            if (_slots.TryGetValue(instanceId, out var slot))
            {
                slot.Changed.TrySetResult();
                slot.Changed = NewSignal();
            }
        }
    }

    /// <summary>Waits until <paramref name="look"/> finds something; looks at once and after each signal.</summary>
    public async Task<T> WaitAsync<T>(string instanceId, Func<T?> look, CancellationToken cancellation)
        where T : class
    {
        var slot = Enter(instanceId);
        try
        {
            while (true)
            {
                // Taken before looking, so that a change in between is not missed.
                Task changed;
                lock (_slots)
                {
                    changed = slot.Changed.Task;
                }

                if (look() is { } found)
                {
                    return found;
                }

                await changed.WaitAsync(cancellation);
            }
        }
        finally
        {
            Leave(instanceId, slot);
        }
    }

    private Slot Enter(string instanceId)
    {
        lock (_slots)
        {
            if (!_slots.TryGetValue(instanceId, out var slot))
            {
                _slots[instanceId] = slot = new();
            }

            slot.Waiters++;
            return slot;
        }
    }

    private void Leave(string instanceId, Slot slot)
    {
        lock (_slots)
        {
            if (--slot.Waiters == 0)
            {
                _slots.Remove(instanceId);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Slot
    {
        public int Waiters { get; set; }

        public TaskCompletionSource Changed { get; set; } = NewSignal();
    }
}
