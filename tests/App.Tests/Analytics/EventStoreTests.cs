using App.Tests.Documents;
using Portico.Analytics;

namespace App.Tests.Analytics;

public sealed class EventStoreTests : IAsyncDisposable
{
    private const string LinkDay = "abcdefgh:2026-05-01";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SqliteDocuments _documents = new();
    private readonly EventStore _events;

    public EventStoreTests() => _events = new EventStore(_documents.Store);

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task TryAdd_TheSameBatchTwice_CountsOnce()
    {
        var batch = Batch(0, 99);

        (await _events.TryAddAsync(LinkDay, batch, None)).ShouldBeTrue();
        (await _events.TryAddAsync(LinkDay, batch, None)).ShouldBeTrue();

        (await CountsAsync())["view_started"].ShouldBe(99);
    }

    [Fact]
    public async Task TryAdd_OverlappingBatch_CountsTheNewOnes()
    {
        await _events.TryAddAsync(LinkDay, Batch(0, 60), None);
        await _events.TryAddAsync(LinkDay, Batch(40, 60), None);

        (await CountsAsync())["view_started"].ShouldBe(100);
    }

    [Fact]
    public async Task TryAdd_TheSameIdTwiceInABatch_CountsOnce()
    {
        await _events.TryAddAsync(LinkDay, [.. Batch(0, 3), .. Batch(0, 3)], None);

        (await CountsAsync())["view_started"].ShouldBe(3);
    }

    [Fact]
    public async Task TryAddAndRollUp_ManyAtOnceWithRepeats_CountExactly()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            // Every batch arrives twice, as beacons do when an answer is lost.
            await _events.TryAddAsync(LinkDay, Batch(i / 2 * 10, 10), None);
            await _events.RollUpAsync("abcdefgh", "2026-05-01", None);
        })));

        (await CountsAsync())["view_started"].ShouldBe(160);
        (await _events.ListRollupsAsync("abcdefgh", None)).Single().Total.ShouldBe(160);
    }

    [Fact]
    public async Task RollUp_NothingToCount_WritesNothing()
    {
        await _events.RollUpAsync("abcdefgh", "2026-05-01", None);

        (await _events.ListRollupsAsync("abcdefgh", None)).ShouldBeEmpty();
    }

    private async Task<IReadOnlyDictionary<string, long>> CountsAsync() =>
        (await _documents.Store.GetAsync(DayCounts.Documents, LinkDay, DayCounts.CountsId, None)).ShouldNotBeNull().Document.Counts;

    private static List<TrackedEvent> Batch(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(i => new TrackedEvent($"event-{i:d6}", LinkDay, "session", "view_started", Noon, Noon, null, null, null))];
}
