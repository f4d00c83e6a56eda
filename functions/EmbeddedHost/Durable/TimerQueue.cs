namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// The owed timers, soonest first, and the one real timer that wakes for them. Cancelled ones stay until they are
/// due: whoever fires them finds that they are owed no longer.
/// </summary>
internal sealed class TimerQueue : IAsyncDisposable
{
    // A long real timer doesn't notice that the system's clock was set; a short one looks again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    private readonly PriorityQueue<PendingTimer, long> _timers = new();
    private readonly TimeProvider _time;
    private readonly Action<IReadOnlyList<PendingTimer>> _fire;
    private readonly ITimer _alarm;
    private bool _stopped;

    /// <param name="fire">Receives those that are due, on a pool thread.</param>
    public TimerQueue(TimeProvider time, Action<IReadOnlyList<PendingTimer>> fire)
    {
        _time = time;
        _fire = fire;
        _alarm = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds timers; those that are past fire at once.</summary>
    public void Add(IEnumerable<PendingTimer> timers)
    {
        lock (_timers)
        {
            var soonest = _timers.TryPeek(out _, out var due) ? due : long.MaxValue;
            foreach (var timer in timers)
            {
                _timers.Enqueue(timer, timer.DueAt);
            }

            if (_timers.TryPeek(out _, out due) && due < soonest)
            {
                SetAlarm(due);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_timers)
        {
            _stopped = true;
            _timers.Clear();
        }

        await _alarm.DisposeAsync();
    }

    private void Ring()
    {
        var due = new List<PendingTimer>();
        lock (_timers)
        {
            var now = _time.GetUtcNow().UtcTicks;
            while (_timers.TryPeek(out var timer, out var at) && at <= now)
            {
                due.Add(timer);
                _timers.Dequeue();
            }

            if (_timers.TryPeek(out _, out var next))
            {
                SetAlarm(next);
            }
        }

        if (due.Count > 0)
        {
            _fire(due);
        }
    }

    private void SetAlarm(long dueAt)
    {
        if (_stopped)
        {
            return;
        }

        // Rounded up to a millisecond, the grain of real timers: rung a little early it would only be set again.
        var untilDue = TimeSpan.FromMilliseconds(Math.Ceiling(TimeSpan.FromTicks(Math.Max(0, dueAt - _time.GetUtcNow().UtcTicks)).TotalMilliseconds));
        _alarm.Change(untilDue < LongestSleep ? untilDue : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
