namespace CrashBenchmark;

/// <summary>What a run found.</summary>
/// <param name="Looks">Between two lives, at copies of the databases.</param>
/// <param name="AcknowledgedWrites">Each is repeated by its client until it is acknowledged, and counted once.</param>
/// <param name="ActivityRuns">Of activities that note their runs: those of the workload.</param>
/// <param name="ActivitiesRunAgain">Runs beyond the first of a call, which had no recorded result: at least once is the promise.</param>
public sealed record CrashReport(
    string Host,
    int Seed,
    int Kills,
    int KillsWhileStarting,
    int Looks,
    long AcknowledgedWrites,
    long MessagesHeard,
    int Orchestrations,
    int ActivityRuns,
    int ActivitiesRunAgain,
    int Uploads,
    Recovery StartToReadyMs,
    double Seconds,
    IReadOnlyList<string> Violations);

/// <summary>Milliseconds from start to ready, over all lives that got so far.</summary>
public sealed record Recovery(int Lives, double Median, double P95, double Longest)
{
    public static Recovery Of(IEnumerable<double> all)
    {
        var sorted = all.Order().ToArray();
        return new(sorted.Length, sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.95)], sorted[^1]);
    }
}
