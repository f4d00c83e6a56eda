using CrashWorkload;

namespace CrashBenchmark;

/// <summary>Everything that the verifier judges by. No rule reads anything else.</summary>
public sealed record Evidence
{
    public required IReadOnlyList<Written> Writes { get; init; }

    public required IReadOnlyList<Ended> Orchestrations { get; init; }

    /// <summary>In the order in which it was written.</summary>
    public required IReadOnlyList<JournalEntry> Journal { get; init; }

    /// <summary>The engine's histories at the end.</summary>
    public required IReadOnlyList<RecordedActivity> Recorded { get; init; }

    /// <summary>The engine's histories between a kill and the next start.</summary>
    public required IReadOnlyList<Look> Looks { get; init; }

    public required IReadOnlyList<CheckedDatabase> Databases { get; init; }

    public IReadOnlyList<IngestedAsset> Assets { get; init; } = [];

    /// <summary>Names of the published blobs that are there at the end, below the container.</summary>
    public IReadOnlySet<string> PublishedBlobs { get; init; } = new HashSet<string>();
}

/// <param name="Stored">What is there at the end; null for nothing.</param>
public sealed record Written(string Name, Ledger.Entry Known, long? Stored);

/// <param name="Pattern">Which orchestrator, with which input.</param>
/// <param name="Undisturbed">How it ends when nothing is killed.</param>
/// <param name="End">How it stands at the end.</param>
/// <param name="Told">How a client saw it end before; null when none waited.</param>
public sealed record Ended(string InstanceId, string Pattern, string Undisturbed, string End, string? Told);

/// <summary>An activity whose end is in an instance's history.</summary>
/// <param name="Stage">Of the workload's activities; 0 for others.</param>
/// <param name="Subject">The asset that an activity of the product worked on; null for others.</param>
public sealed record RecordedActivity(string InstanceId, int Stage, int TaskId, string Activity, bool Succeeded, long AtTicks, string? Subject = null);

/// <param name="JournalLength">Entries in the journal at that moment.</param>
/// <param name="Recorded">Activities that had succeeded for good: the engine must not run them again.</param>
public sealed record Look(int JournalLength, IReadOnlyList<RecordedActivity> Recorded);

/// <param name="Result"><c>ok</c>, or what SQLite's integrity check says.</param>
public sealed record CheckedDatabase(string File, string Result);

/// <summary>An uploaded file and what became of it.</summary>
/// <param name="Status">As the API shows it.</param>
/// <param name="Copies">Assets in the project that bear the name of this upload.</param>
/// <param name="Media">What it refers to.</param>
/// <param name="ToldReady">Whether a listener was told that it is ready.</param>
public sealed record IngestedAsset(string Id, string Status, int Copies, IReadOnlyList<Medium> Media, bool ToldReady);

/// <param name="Name">Of the blob, below the container.</param>
/// <param name="Problem">Null when it was served whole: the hash of its bytes is its name.</param>
public sealed record Medium(string Name, string? Problem);
