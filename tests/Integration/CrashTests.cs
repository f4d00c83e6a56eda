using CrashBenchmark;
using CrashWorkload;
using Portico.Storage;

namespace Integration;

/// <summary>The run of <c>./bench crash</c>, short: the workload's host under load, killed 50 times.</summary>
public sealed class FiftyKills : IAsyncLifetime
{
    public CrashReport Report { get; private set; } = null!;

    public Evidence Evidence { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var run = new WorkloadRun(new WorkloadOptions(50, Random.Shared.Next(), LongestLife: TimeSpan.FromMilliseconds(400), Inputs: 2));
        Report = await run.RunAsync(CancellationToken.None);
        Evidence = run.Evidence!;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed class CrashTests(FiftyKills run, ITestOutputHelper output) : IClassFixture<FiftyKills>
{
    [Fact]
    public void FiftyKills_AtRandomInstants_BreakNoPromise()
    {
        output.WriteLine($"{run.Report with { Violations = [] }}");

        run.Report.Violations.ShouldBeEmpty($"seed {run.Report.Seed}");

        run.Report.Kills.ShouldBe(50);
        run.Report.KillsWhileStarting.ShouldBeInRange(1, 40);
        run.Report.Looks.ShouldBeGreaterThan(2);
        run.Report.AcknowledgedWrites.ShouldBeGreaterThan(20);
        run.Report.MessagesHeard.ShouldBeGreaterThan(0);
        run.Report.Orchestrations.ShouldBeGreaterThan(10);
    }

    // What follows proves that the check can fail: the run's own evidence, with one thing changed.
    public static TheoryData<string, string> Tampered => new()
    {
        { "an acknowledged write is older", "write lost" },
        { "an acknowledged write is gone", "write lost" },
        { "a value that was shown is gone", "write taken back" },
        { "a value that nobody sent is there", "write invented" },
        { "an orchestration returned something else", "undisturbed it is" },
        { "an orchestration never ended", "undisturbed it is" },
        { "an orchestration's end changed after it was told", "a client was told" },
        { "an activity ran after its result was recorded", "after its result was recorded" },
        { "an activity ran after its result was recorded, while the clock was set back", "although its result was in the history" },
        { "an activity ran after the next had begun", "had begun" },
        { "an activity is recorded that never ran", "never ran" },
        { "a database is damaged", "integrity" },
        { "an asset is still in processing", "is processing" },
        { "an asset exists twice", "exists 2 times" },
        { "a published file is gone", "404" },
        { "a file was published for nobody", "no asset refers to" },
        { "an asset was published by two runs", "published twice" },
    };

    [Theory]
    [MemberData(nameof(Tampered))]
    public void Verifier_EvidenceTamperedWith_SaysSo(string how, string expected)
    {
        var asset = new IngestedAsset("asset", "ready", 1, [new("media", null)], ToldReady: true);
        var published = new RecordedActivity("ingest", 0, 5, "PublishAsset", true, 0, Subject: "asset");
        var evidence = run.Evidence with { Assets = [asset], PublishedBlobs = new HashSet<string> { "media" }, Recorded = [.. run.Evidence.Recorded, published] };
        Verifier.Check(evidence).ShouldBeEmpty();

        var tampered = Tamper(evidence, how, asset, published);

        Verifier.Check(tampered).ShouldHaveSingleItem().ShouldContain(expected);
    }

    [Fact]
    public async Task HostThatAcknowledgesBeforeItWrites_IsFoundOut()
    {
        var run = new WorkloadRun(new WorkloadOptions(4, Random.Shared.Next(), LongestLife: TimeSpan.FromMilliseconds(800), Inputs: 1, AcknowledgesEarly: true));

        var report = await run.RunAsync(CancellationToken.None);

        report.Violations.ShouldContain(violation => violation.StartsWith("write lost", StringComparison.Ordinal) || violation.StartsWith("read of", StringComparison.Ordinal), $"seed {report.Seed}");
        Directory.Delete(run.DataPath, recursive: true);
    }

    [Fact]
    public async Task CheckDatabases_PageOverwritten_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("portico-damaged-").FullName;
        var file = Path.Combine(folder, "some.db");
        await using (var database = SqliteDatabase.Open(file, "CREATE TABLE IF NOT EXISTS t(a TEXT); CREATE INDEX IF NOT EXISTS i ON t(a)"))
        {
            await database.WriteAsync(session => session.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT 'row ' || i FROM n"));
        }

        (await DataFolder.CheckAsync(folder)).ShouldHaveSingleItem().Result.ShouldBe("ok");
        using (var stream = File.OpenWrite(file))
        {
            stream.Position = 4096 * 5;
            stream.Write(new byte[4096]);
        }

        (await DataFolder.CheckAsync(folder)).ShouldHaveSingleItem().Result.ShouldNotBe("ok");
        Directory.Delete(folder, recursive: true);
    }

    private static Evidence Tamper(Evidence evidence, string how, IngestedAsset asset, RecordedActivity published)
    {
        var write = evidence.Writes.First(write => write.Known.Acknowledged > 1 && write.Known.Shown <= write.Known.Acknowledged);
        var orchestration = evidence.Orchestrations.First(one => one.Told is not null);

        // The last of its instance, so that no stage follows; and seen in a history between two lives.
        var record = evidence.Looks[^1].Recorded.First(record =>
            record is { Activity: nameof(Steps.Compute), Succeeded: true } && !evidence.Journal.Any(entry => entry.InstanceId == record.InstanceId && entry.Stage > record.Stage));
        var rerun = new JournalEntry(false, record.InstanceId, record.Stage, record.TaskId, record.Activity, 1, record.AtTicks - 1);
        return how switch
        {
            "an acknowledged write is older" => Replace(write with { Known = write.Known with { Shown = 0 }, Stored = write.Known.Acknowledged - 1 }),
            "an acknowledged write is gone" => Replace(write with { Known = write.Known with { Shown = 0 }, Stored = null }),
            "a value that was shown is gone" => Replace(write with { Known = new(Sent: 9, Acknowledged: 3, Shown: 5), Stored = 4 }),
            "a value that nobody sent is there" => Replace(write with { Stored = write.Known.Sent + 1 }),
            "an orchestration returned something else" => End(orchestration with { End = "Completed 1", Told = null }),
            "an orchestration never ended" => End(orchestration with { End = "not at its end", Told = null }),
            "an orchestration's end changed after it was told" => End(orchestration with { Told = "Failed " }),
            "an activity ran after its result was recorded" => evidence with { Looks = [], Journal = [.. evidence.Journal, rerun with { AtTicks = record.AtTicks + 1 }] },
            "an activity ran after its result was recorded, while the clock was set back" => evidence with { Journal = [.. evidence.Journal, rerun] },
            "an activity ran after the next had begun" => evidence with
            {
                Recorded = [published],
                Looks = [],
                Journal = [.. evidence.Journal, rerun with { Stage = record.Stage + 1 }, rerun],
            },
            "an activity is recorded that never ran" => evidence with { Recorded = [.. evidence.Recorded, record with { InstanceId = "nobody's" }] },
            "a database is damaged" => evidence with { Databases = [new("portico.db", "row 3 missing from index")] },
            "an asset is still in processing" => evidence with { Assets = [asset with { Status = "processing" }] },
            "an asset exists twice" => evidence with { Assets = [asset with { Copies = 2 }] },
            "a published file is gone" => evidence with { Assets = [asset with { Media = [new("media", "404")] }] },
            "a file was published for nobody" => evidence with { PublishedBlobs = new HashSet<string> { "media", "other" } },
            "an asset was published by two runs" => evidence with { Recorded = [.. evidence.Recorded, published with { InstanceId = "repair" }] },
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };

        Evidence Replace(Written changed) => evidence with { Writes = [.. evidence.Writes.Where(one => one.Name != changed.Name), changed] };
        Evidence End(Ended changed) => evidence with { Orchestrations = [.. evidence.Orchestrations.Where(one => one.InstanceId != changed.InstanceId), changed] };
    }
}
