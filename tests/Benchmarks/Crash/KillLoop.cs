using System.Diagnostics;

namespace CrashBenchmark;

/// <summary>Starts a host, kills it, starts it again; tells the clients where it is.</summary>
/// <param name="longestLife">After readiness, for kills that go by the clock.</param>
/// <param name="work">How many writes have been acknowledged so far.</param>
/// <param name="killed">Told of every kill: how many there were.</param>
public sealed class KillLoop(Victim victim, Caller caller, Findings findings, KillSchedule schedule, TimeSpan longestLife, Func<long> work, Action<int>? killed)
{
    private const int KillsPerLook = 10;
    private const int MostWork = 40;
    private static readonly TimeSpan WorkPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly List<double> _readyAfterMs = [];
    private Life _life = null!;

    /// <summary>Kills so far.</summary>
    public int Kills { get; private set; }

    /// <summary>Those that fell before the host was ready.</summary>
    public int KillsWhileStarting { get; private set; }

    /// <summary>From start to ready, of every life that got so far.</summary>
    public IReadOnlyList<double> ReadyAfterMs => _readyAfterMs;

    /// <summary>The host, alive and ready.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _life = victim.Start();
        await BecomeReadyAsync(cancellation);
    }

    /// <summary>Kills the living host and starts another, so many times; then one lives on.</summary>
    /// <param name="look">Called after every tenth kill, before the next start.</param>
    /// <exception cref="InvalidOperationException">It does not start any more.</exception>
    public async Task RunAsync(int kills, Func<Task> look, CancellationToken cancellation)
    {
        for (var isReady = true; Kills < kills; isReady = false)
        {
            await WaitForAsync(schedule.Next(), isReady, cancellation);
            await KillAsync();
            if (Kills % KillsPerLook == 0)
            {
                await look();
            }

            _life = victim.Start();
        }

        await BecomeReadyAsync(cancellation);
    }

    /// <summary>How to reach the Azurite of the living host.</summary>
    public string AzuriteConnection => _life.AzuriteConnection(victim.DataPath);

    /// <summary>Ends the host as it wants to be ended.</summary>
    public async Task StopAsync()
    {
        caller.Close();
        if (await _life.StopAsync() is not 0 and var code)
        {
            findings.Add($"{victim.Name} ended with {code} when it was asked to: {_life.Output}");
        }
    }

    private async Task WaitForAsync(Kill kill, bool isReady, CancellationToken cancellation)
    {
        if (kill.After == KillAfter.PartOfAStart && !isReady)
        {
            await Task.WhenAny(_life.Ended, Task.Delay(TimeSpan.FromMilliseconds(_readyAfterMs[^1]) * kill.Fraction, cancellation));
            return;
        }

        await BecomeReadyAsync(cancellation);
        if (kill.After != KillAfter.Work)
        {
            await Task.Delay(longestLife * kill.Fraction, cancellation);
            return;
        }

        var enough = work() + 1 + (int)(MostWork * kill.Fraction);
        for (var started = Stopwatch.GetTimestamp(); work() < enough && Stopwatch.GetElapsedTime(started) < WorkPatience;)
        {
            await Task.Delay(1, cancellation);
        }
    }

    private async Task KillAsync()
    {
        caller.Close();
        if (await _life.KillAsync())
        {
            Kills++;
            killed?.Invoke(Kills);
            KillsWhileStarting += _life.Ready.IsCompleted ? 0 : 1;
        }
        else if (!_life.LostItsPort)
        {
            findings.Add($"{victim.Name} ended by itself: {_life.Output}");
        }

        _life.Dispose();
    }

    private async Task BecomeReadyAsync(CancellationToken cancellation)
    {
        while (await Task.WhenAny(_life.Ready, _life.Ended).WaitAsync(Patience, cancellation) != _life.Ready)
        {
            if (!_life.LostItsPort)
            {
                throw new InvalidOperationException($"{victim.Name} does not start: {_life.Output}");
            }

            _life.Dispose();
            _life = victim.Start();
        }

        if (caller.Open(await _life.Ready))
        {
            _readyAfterMs.Add(_life.ReadyAfter.TotalMilliseconds);
        }
    }
}
