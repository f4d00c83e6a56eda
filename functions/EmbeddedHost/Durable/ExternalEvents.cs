using Microsoft.DurableTask;

namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// Events that nobody waited for yet, and those who wait, by name without regard to case. One event goes to one
/// waiter, the latest first, which lets code abandon a wait (<c>WhenAny</c> in a loop) without losing what comes next.
/// </summary>
/// <param name="converter">Reads payloads.</param>
/// <param name="complete">Runs the cancellation of a wait on the orchestrator's thread.</param>
internal sealed class ExternalEvents(DataConverter converter, Action<Action> complete)
{
    private readonly Dictionary<string, Stack<Waiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Name, string? Payload)> _early = [];

    /// <summary>Whether anybody still waits.</summary>
    public bool HasWaiters => _waiters.Values.Any(stack => stack.Any(waiter => !waiter.IsOver));

    /// <summary>What nobody has waited for, oldest first.</summary>
    public IReadOnlyList<(string Name, string? Payload)> Unprocessed => _early;

    /// <summary>The next event of a name: one that came early, or the next to come.</summary>
    /// <exception cref="ArgumentException">Another type is awaited under the same name.</exception>
    public Task<T> WaitFor<T>(string name, CancellationToken cancellation)
    {
        if (!_waiters.TryGetValue(name, out var waiting))
        {
            _waiters[name] = waiting = new();
        }

        if (waiting.FirstOrDefault(waiter => !waiter.IsOver) is { } other && other is not Waiter<T>)
        {
            throw new ArgumentException(
                $"Event '{name}' is awaited as {other.Type} already; events of one name have one type, so it can't be {typeof(T)} too.");
        }

        var waiter = new Waiter<T>(converter);
        var early = _early.FindIndex(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase));
        if (early >= 0)
        {
            var payload = _early[early].Payload;
            _early.RemoveAt(early);
            waiter.Receive(payload);
            return waiter.Task;
        }

        waiting.Push(waiter);
        waiter.CancelBy(cancellation, complete);
        return waiter.Task;
    }

    /// <summary>Hands an event to the latest waiter, or keeps it.</summary>
    public void Raise(string name, string? payload)
    {
        if (_waiters.TryGetValue(name, out var waiting))
        {
            while (waiting.TryPop(out var waiter))
            {
                if (!waiter.IsOver)
                {
                    waiter.Receive(payload);
                    return;
                }
            }
        }

        _early.Add((name, payload));
    }

    private abstract class Waiter
    {
        public abstract Type Type { get; }

        public abstract bool IsOver { get; }

        public abstract void Receive(string? payload);
    }

    private sealed class Waiter<T>(DataConverter converter) : Waiter
    {
        private readonly TaskCompletionSource<T> _received = new();
        private CancellationTokenRegistration _cancellation;

        public override Type Type => typeof(T);

        public override bool IsOver => _received.Task.IsCompleted;

        public Task<T> Task => _received.Task;

        public void CancelBy(CancellationToken cancellation, Action<Action> complete) =>
            _cancellation = cancellation.Register(() => complete(() => _received.TrySetCanceled(cancellation)));

        public override void Receive(string? payload)
        {
            _cancellation.Dispose();
            T? value;
            try
            {
                value = converter.Deserialize<T>(payload);
            }
            catch (Exception unreadable)
            {
                // The waiter asked for a type that the payload isn't: that is the orchestrator's to handle.
                _received.TrySetException(unreadable);
                return;
            }

            _received.TrySetResult(value!);
        }
    }
}
