using System.Threading.Channels;

namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// The instances that must take a turn, each at most once in the queue and with at most one turn at a time: what
/// reaches an instance while it takes a turn queues it again afterwards.
/// </summary>
internal sealed class ReadyInstances
{
    private enum State
    {
        Queued,
        Busy,
        BusyAndWoken,
    }

    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();
    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);

    /// <summary>Says that an instance has something to do.</summary>
    public void Wake(string instanceId)
    {
        lock (_states)
        {
            if (!_states.TryGetValue(instanceId, out var state))
            {
                _states[instanceId] = State.Queued;
                _queue.Writer.TryWrite(instanceId);
            }
            else if (state == State.Busy)
            {
                _states[instanceId] = State.BusyAndWoken;
            }
        }
    }

    /// <summary>Waits for the next instance and reserves it for the caller.</summary>
    public async ValueTask<string> TakeAsync(CancellationToken cancellation)
    {
        var instanceId = await _queue.Reader.ReadAsync(cancellation);
        lock (_states)
        {
            _states[instanceId] = State.Busy;
        }

        return instanceId;
    }

    /// <summary>Ends the caller's reservation.</summary>
    public void Release(string instanceId)
    {
        lock (_states)
        {
            if (_states.Remove(instanceId, out var state) && state == State.BusyAndWoken)
            {
                Wake(instanceId);
            }
        }
    }
}
