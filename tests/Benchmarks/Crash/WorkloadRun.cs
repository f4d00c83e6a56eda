using System.Diagnostics;
using CrashWorkload;

namespace CrashBenchmark;

/// <param name="Kills">Of the workload's host.</param>
/// <param name="LongestLife">From readiness to a kill.</param>
/// <param name="Inputs">How many inputs each pattern is run with.</param>
/// <param name="AcknowledgesEarly">Makes the workload lie: for the test of the verifier.</param>
public sealed record CrashOptions(int Kills, int Seed, TimeSpan LongestLife, int Inputs = 3, bool AcknowledgesEarly = false);

/// <summary>What a run found.</summary>
public sealed record CrashReport(
    int Seed,
    int Kills,
    int KillsWhileStarting,
    int Looks,
    long AcknowledgedWrites,
    long MessagesHeard,
    int Orchestrations,
    int ActivityRuns,
    int ActivitiesRunAgain,
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

/// <summary>
/// The workload app under load from many clients, killed again and again, then judged. Its files are in a folder of their
/// own, which is left behind when something is wrong.
/// </summary>
public sealed class CrashRun(CrashOptions options)
{
    private const int NoteClients = 3;
    private const int HubClients = 2;
    private const int OrchestrationClients = 6;

    // The workload has no blobs; an account that does not answer spares it Azurite.
    private const string NoStorage = "DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:9/none;";

    private readonly Findings _findings = new();
    private readonly Ledger _ledger = new();
    private readonly List<Look> _looks = [];

    /// <summary>The host's files. Deleted at the end of a run without violations.</summary>
    public string DataPath { get; } = Directory.CreateTempSubdirectory("portico-crash-").FullName;

    private string JournalPath => Path.Combine(DataPath, "activities.journal");

    /// <summary>What the verifier judged by; null before the run has ended.</summary>
    public Evidence? Evidence { get; private set; }

    public async Task<CrashReport> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var caller = new Caller(_findings);
        var loop = new KillLoop(Workload(), caller, _findings, new KillSchedule(options.Seed), options.LongestLife, () => _ledger.Acknowledgements);
        var orchestrations = new OrchestrationLoad(caller, _findings);
        var notes = new NoteLoad(caller, _ledger, _findings);
        var hub = new HubLoad(caller, _ledger, _findings);

        await loop.StartAsync(cancellation);
        await orchestrations.LearnAsync(options.Inputs, cancellation);

        using (var load = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            var clients = new List<Task>();
            clients.AddRange(Enumerable.Range(0, NoteClients).Select(client => Task.Run(() => notes.RunAsync(client, ClientRandom(client), load.Token), load.Token)));
            clients.AddRange(Enumerable.Range(0, HubClients).Select(client => Task.Run(() => hub.RunAsync(client, ClientRandom(100 + client), load.Token), load.Token)));
            clients.AddRange(Enumerable.Range(0, OrchestrationClients).Select(client => Task.Run(() => orchestrations.RunAsync(client, ClientRandom(200 + client), load.Token), load.Token)));
            var killing = loop.RunAsync(options.Kills, LookAsync, load.Token);

            // A client that fails must not go unnoticed, nor a host that does not start.
            await Task.WhenAny([killing, .. clients]);
            foreach (var failed in clients.Where(client => client.IsFaulted))
            {
                _findings.Add($"a client failed: {failed.Exception!.InnerException}");
            }

            await (killing.IsCompleted || _findings.All.Count == 0 ? killing : Task.CompletedTask);
            await load.CancelAsync();
            await Task.WhenAll([killing, .. clients]).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        var ended = await orchestrations.SettleAsync(cancellation);
        var written = new List<Written>();
        foreach (var (name, known) in _ledger.Entries)
        {
            written.Add(new(name, known, await NoteLoad.ReadAsync(caller, name, cancellation)));
        }

        await loop.StopAsync();
        Evidence = new Evidence
        {
            Writes = written,
            Orchestrations = ended,
            Journal = ActivityJournal.Read(JournalPath),
            Recorded = await DataFolder.RecordedAsync(DataPath),
            Looks = _looks,
            Databases = await DataFolder.CheckAsync(DataPath),
        };
        var violations = (IReadOnlyList<string>)[.. _findings.All, .. Verifier.Check(Evidence)];
        if (violations.Count == 0)
        {
            Directory.Delete(DataPath, recursive: true);
        }

        var runs = Evidence.Journal.Where(entry => !entry.IsEnd).ToList();
        return new(
            options.Seed,
            loop.Kills,
            loop.KillsWhileStarting,
            _looks.Count,
            _ledger.Acknowledgements,
            hub.Messages,
            orchestrations.Count,
            runs.Count,
            runs.Count - runs.DistinctBy(entry => (entry.InstanceId, entry.Stage, entry.TaskId)).Count(),
            Recovery.Of(loop.ReadyAfterMs),
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            violations);
    }

    private Random ClientRandom(int client) => new(unchecked((options.Seed * 397) ^ client));

    private async Task LookAsync()
    {
        var (look, databases) = await DataFolder.LookAsync(DataPath, JournalPath);
        _looks.Add(look);
        foreach (var broken in databases.Where(database => database.Result != "ok"))
        {
            _findings.Add($"integrity after a kill: {broken.File}: {broken.Result}");
        }
    }

    private Victim Workload()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return new(
            "the workload's host",
            Path.Combine(Repository.Root, "tests", "CrashWorkload", "bin", configuration, "net10.0", "CrashWorkload.dll"),
            DataPath,
            new Dictionary<string, string>
            {
                ["AzureWebJobsStorage"] = NoStorage,
                ["Crash__Journal"] = JournalPath,
                ["Crash__AcknowledgeEarly"] = options.AcknowledgesEarly ? "true" : "false",
            });
    }
}
