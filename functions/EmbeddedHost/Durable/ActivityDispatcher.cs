namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// Runs owed activities, oldest first, within a limit for all and one for each name that has its own. An activity
/// whose name is at its limit lets others pass.
/// </summary>
/// <param name="limit">Activities at once.</param>
/// <param name="limitByName">Activities of one name at once, for names that have a limit.</param>
/// <param name="run">Runs one. Must not throw.</param>
internal sealed class ActivityDispatcher(int limit, IReadOnlyDictionary<string, int> limitByName, Func<PendingActivity, Task> run)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _limitByName = new(limitByName, StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource? _drained;
    private long _lastTicket;
    private int _running;
    private bool _paused;

    /// <summary>Accepts activities; starts those that the limits admit.</summary>
    public void Enqueue(IEnumerable<PendingActivity> activities)
    {
        lock (_gate)
        {
            foreach (var activity in activities)
            {
                if (!_lanes.TryGetValue(activity.Name, out var lane))
                {
                    _lanes[activity.Name] = lane = new(_limitByName.GetValueOrDefault(activity.Name, int.MaxValue));
                }

                lane.Waiting.Enqueue((++_lastTicket, activity));
            }

            StartAdmitted();
        }
    }

    /// <summary>Starts no more; completes when those that run have ended.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _paused = true;
            _drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running == 0)
            {
                _drained.TrySetResult();
            }

            return _drained.Task;
        }
    }

    private void StartAdmitted()
    {
        while (!_paused && _running < limit && OldestAdmitted() is { } lane)
        {
            var (_, activity) = lane.Waiting.Dequeue();
            lane.Running++;
            _running++;
            _ = Task.Run(() => RunAsync(lane, activity));
        }
    }

    private Lane? OldestAdmitted()
    {
        Lane? oldest = null;
        var oldestTicket = long.MaxValue;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Running < lane.Limit && lane.Waiting.TryPeek(out var head) && head.Ticket < oldestTicket)
            {
                (oldest, oldestTicket) = (lane, head.Ticket);
            }
        }

        return oldest;
    }

    private async Task RunAsync(Lane lane, PendingActivity activity)
    {
        try
        {
            await run(activity);
        }
        finally
        {
            lock (_gate)
            {
                lane.Running--;
                if (--_running == 0 && _paused)
                {
                    _drained?.TrySetResult();
                }

                StartAdmitted();
            }
        }
    }

    private sealed class Lane(int limit)
    {
        public int Limit => limit;

        public Queue<(long Ticket, PendingActivity Activity)> Waiting { get; } = new();

        public int Running { get; set; }
    }
}
