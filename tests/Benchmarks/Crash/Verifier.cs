using CrashWorkload;

namespace CrashBenchmark;

/// <summary>The promises, one method each: what they return are violations, in words.</summary>
public static class Verifier
{
    public static IReadOnlyList<string> Check(Evidence evidence) =>
    [
        .. Writes(evidence.Writes),
        .. Orchestrations(evidence.Orchestrations),
        .. Stages(evidence.Journal),
        .. RunsAfterRecord(evidence.Journal, evidence.Recorded),
        .. RunsAfterLooks(evidence.Journal, evidence.Looks),
        .. RecordsWithoutRun(evidence.Journal, evidence.Recorded),
        .. evidence.Databases.Where(database => database.Result != "ok").Select(database => $"integrity: {database.File}: {database.Result}"),
        .. Assets(evidence),
    ];

    /// <summary>What was acknowledged or shown is there, or something later; and nothing that nobody sent.</summary>
    private static IEnumerable<string> Writes(IReadOnlyList<Written> writes)
    {
        foreach (var (name, known, stored) in writes)
        {
            if ((stored ?? 0) < known.Acknowledged)
            {
                yield return $"write lost: {name} is {Say(stored)}, {known.Acknowledged} was acknowledged";
            }

            if ((stored ?? 0) < known.Shown)
            {
                yield return $"write taken back: {name} is {Say(stored)}, {known.Shown} was shown";
            }

            if (stored > known.Sent)
            {
                yield return $"write invented: {name} is {stored}, no more than {known.Sent} was sent";
            }
        }
    }

    private static IEnumerable<string> Orchestrations(IReadOnlyList<Ended> orchestrations)
    {
        foreach (var one in orchestrations)
        {
            if (one.End != one.Undisturbed)
            {
                yield return $"orchestration {one.InstanceId} ({one.Pattern}) is {one.End}, undisturbed it is {one.Undisturbed}";
            }

            if (one.Told is not null && one.Told != one.End)
            {
                yield return $"orchestration {one.InstanceId} ({one.Pattern}) is {one.End}, a client was told {one.Told}";
            }
        }
    }

    /// <summary>A stage begins when all activities before it are recorded: from then on none of them runs again.</summary>
    private static IEnumerable<string> Stages(IReadOnlyList<JournalEntry> journal)
    {
        var reached = new Dictionary<string, int>();
        foreach (var entry in journal.Where(entry => !entry.IsEnd))
        {
            var stage = reached.GetValueOrDefault(entry.InstanceId);
            if (entry.Stage < stage)
            {
                yield return $"ran again: {entry.Activity} of {entry.InstanceId}, stage {entry.Stage}, after stage {stage} had begun";
            }

            reached[entry.InstanceId] = Math.Max(stage, entry.Stage);
        }
    }

    /// <summary>By the clock: no run begins after the engine recorded that the call succeeded.</summary>
    private static IEnumerable<string> RunsAfterRecord(IReadOnlyList<JournalEntry> journal, IReadOnlyList<RecordedActivity> recorded)
    {
        var at = recorded.Where(record => record.Succeeded && record.Stage > 0).ToDictionary(Key, record => record.AtTicks);
        return from entry in journal
               where !entry.IsEnd && at.TryGetValue(Key(entry), out var recordedAt) && entry.AtTicks > recordedAt
               select $"ran again: {entry.Activity} of {entry.InstanceId}, stage {entry.Stage}, {TimeSpan.FromTicks(entry.AtTicks - at[Key(entry)]).TotalMilliseconds:f1} ms after its result was recorded";
    }

    /// <summary>By the files: no run is noted after a look that found the call's success in the history.</summary>
    private static IEnumerable<string> RunsAfterLooks(IReadOnlyList<JournalEntry> journal, IReadOnlyList<Look> looks)
    {
        var firstSeen = new Dictionary<(string, int, int), int>();
        foreach (var look in looks.OrderBy(look => look.JournalLength))
        {
            foreach (var record in look.Recorded.Where(record => record.Succeeded && record.Stage > 0))
            {
                firstSeen.TryAdd(Key(record), look.JournalLength);
            }
        }

        return from entry in journal.Index()
               where !entry.Item.IsEnd && firstSeen.TryGetValue(Key(entry.Item), out var seen) && entry.Index >= seen
               select $"ran again: {entry.Item.Activity} of {entry.Item.InstanceId}, stage {entry.Item.Stage}, although its result was in the history that the process started from";
    }

    /// <summary>A success in the history has a run that returned.</summary>
    private static IEnumerable<string> RecordsWithoutRun(IReadOnlyList<JournalEntry> journal, IReadOnlyList<RecordedActivity> recorded)
    {
        var returned = journal.Where(entry => entry.IsEnd).Select(Key).ToHashSet();
        return recorded.Where(record => record.Succeeded && record.Stage > 0 && !returned.Contains(Key(record)))
            .Select(record => $"never ran: {record.Activity} of {record.InstanceId}, stage {record.Stage}, is recorded as done");
    }

    private static IEnumerable<string> Assets(Evidence evidence)
    {
        var named = new HashSet<string>();
        foreach (var asset in evidence.Assets)
        {
            if (asset.Status != "ready")
            {
                yield return $"asset {asset.Id} is {asset.Status}{(asset.ToldReady ? ", and was told to be ready" : "")}";
            }

            if (asset.Copies != 1)
            {
                yield return $"asset {asset.Id} exists {asset.Copies} times";
            }

            foreach (var medium in asset.Media)
            {
                named.Add(medium.Name);
                if (medium.Problem is not null)
                {
                    yield return $"blob {medium.Name} of asset {asset.Id}: {medium.Problem}";
                }
            }
        }

        foreach (var stray in evidence.PublishedBlobs.Where(name => !named.Contains(name)))
        {
            yield return $"published twice or for nobody: no asset refers to {stray}";
        }

        foreach (var publications in evidence.Recorded.Where(record => record is { Activity: "PublishAsset", Succeeded: true, Subject: not null }).GroupBy(record => record.Subject).Where(group => group.Count() > 1))
        {
            yield return $"published twice: asset {publications.Key}, by {string.Join(", ", publications.Select(publication => publication.InstanceId))}";
        }
    }

    private static (string InstanceId, int Stage, int TaskId) Key(JournalEntry entry) => (entry.InstanceId, entry.Stage, entry.TaskId);

    private static (string InstanceId, int Stage, int TaskId) Key(RecordedActivity record) => (record.InstanceId, record.Stage, record.TaskId);

    private static string Say(long? stored) => stored?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "absent";
}
