using System.Diagnostics;
using CrashWorkload;

namespace CrashBenchmark;

/// <param name="LongestLife">From readiness to a kill.</param>
/// <param name="Inputs">How many inputs each pattern is run with.</param>
/// <param name="AcknowledgesEarly">Makes the workload lie: for the test of the verifier.</param>
/// <param name="Killed">Told of every kill: how many there were.</param>
public sealed record WorkloadOptions(int Kills, int Seed, TimeSpan LongestLife, int Inputs = 3, bool AcknowledgesEarly = false, Action<int>? Killed = null);

/// <summary>
/// The workload app under load from many clients, killed again and again, then judged. Its files are in a folder of their
/// own, which is left behind when something is wrong.
/// </summary>
public sealed class WorkloadRun(WorkloadOptions options)
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

    /// <summary>What the verifier judged by; null before the run has ended.</summary>
    public Evidence? Evidence { get; private set; }

    private string JournalPath => Path.Combine(DataPath, "activities.journal");

    /// <exception cref="InvalidOperationException">The host does not start any more.</exception>
    public async Task<CrashReport> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var caller = new Caller(_findings);
        var loop = new KillLoop(Workload(), caller, _findings, new KillSchedule(options.Seed), options.LongestLife, () => _ledger.Acknowledgements, options.Killed);
        var orchestrations = new OrchestrationLoad(caller, _findings);
        var notes = new NoteLoad(caller, _ledger, _findings);
        var hub = new HubLoad(caller, _ledger, _findings);

        await loop.StartAsync(cancellation);
        await orchestrations.LearnAsync(options.Inputs, cancellation);
        using (var clients = new ClientGroup(_findings, cancellation))
        {
            var seeds = new Random(options.Seed);
            foreach (var (client, seed) in Enumerable.Range(0, NoteClients + HubClients + OrchestrationClients).Select(client => (client, seeds.Next())))
            {
                clients.Add(stopping => client switch
                {
                    < NoteClients => notes.RunAsync(client, new Random(seed), stopping),
                    < NoteClients + HubClients => hub.RunAsync(client, new Random(seed), stopping),
                    _ => orchestrations.RunAsync(client, new Random(seed), stopping),
                });
            }

            await loop.RunAsync(options.Kills, LookAsync, cancellation);
            await clients.StopAsync();
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
            "workload",
            options.Seed,
            loop.Kills,
            loop.KillsWhileStarting,
            _looks.Count,
            _ledger.Acknowledgements,
            hub.Messages,
            orchestrations.Count,
            runs.Count,
            runs.Count - runs.DistinctBy(entry => (entry.InstanceId, entry.Stage, entry.TaskId)).Count(),
            Uploads: 0,
            Recovery.Of(loop.ReadyAfterMs),
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            violations);
    }

    private async Task LookAsync()
    {
        var (look, databases) = await DataFolder.LookAsync(DataPath, JournalPath);
        _looks.Add(look);
        foreach (var broken in databases.Where(database => database.Result != "ok"))
        {
            _findings.Add($"integrity after a kill: {broken.File}: {broken.Result}");
        }
    }

    private Victim Workload() => new(
        "the workload's host",
        Repository.Built("tests", "CrashWorkload", "CrashWorkload.dll"),
        DataPath,
        new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = NoStorage,
            ["Crash__Journal"] = JournalPath,
            ["Crash__AcknowledgeEarly"] = options.AcknowledgesEarly ? "true" : "false",
        });
}
