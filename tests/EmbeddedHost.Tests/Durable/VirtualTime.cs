namespace Portico.EmbeddedHost.Tests.Durable;

/// <summary>A clock that stands still until a test moves it. Timers fire on the pool, as real ones do.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
    private TimeSpan _jumped;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now + _jumped;
        }
    }

    /// <summary>Sets the clock as an administrator does: waits that are under way don't notice, as real ones don't.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            _jumped += by;
        }
    }

    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    /// <summary>Moves the clock, backwards too: that fires nothing.</summary>
    public void Set(DateTimeOffset now)
    {
        List<Timer> due;
        lock (_gate)
        {
            _now = now - _jumped;
            due = _timers.Where(timer => timer.DueAt <= _now).ToList();
            due.ForEach(timer => timer.DueAt = null);
        }

        due.ForEach(timer => timer.Fire());
    }

    /// <summary>Whether anything waits for the clock.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min(timer => timer.DueAt) + _jumped;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? DueAt { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
            {
                throw new NotSupportedException("Only single shots.");
            }

            lock (time._gate)
            {
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
                if (!(DueAt <= time._now))
                {
                    return true;
                }

                DueAt = null;
            }

            Fire();
            return true;
        }

        public void Fire() => ThreadPool.QueueUserWorkItem(_ => callback(state));

        public void Dispose()
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
