using Portico.Documents;

namespace Portico.Analytics;

/// <summary>Events and their counts. An event counts exactly once, however often and however concurrently it arrives.</summary>
public sealed class EventStore(IDocumentStore documents)
{
    /// <summary>More than any campaign sees in a day, and few enough to bound what a script can store.</summary>
    public const long MaxEventsPerLinkDay = 2_000_000;

    private const int MaxTries = 20;

    /// <summary>
    /// Stores the events of one link and day (at most 99) and counts those that are new. False when the link has had its
    /// events for the day.
    /// </summary>
    public async Task<bool> TryAddAsync(string linkDay, IReadOnlyList<TrackedEvent> events, CancellationToken cancellation)
    {
        var pending = events.DistinctBy(tracked => tracked.Id).ToList();
        for (var attempt = 0; attempt < MaxTries && pending.Count > 0; attempt++)
        {
            var counts = await documents.GetAsync(DayCounts.Documents, linkDay, DayCounts.CountsId, cancellation);
            if (counts is null)
            {
                await documents.CreateAsync(DayCounts.Documents, DayCounts.Empty(linkDay), cancellation);
            }
            else if (counts.Document.Total + pending.Count > MaxEventsPerLinkDay)
            {
                return false;
            }

            var result = await documents.BatchAsync(BatchOf(linkDay, pending), cancellation);
            if (result.Outcome == WriteOutcome.Written)
            {
                return true;
            }

            // Some are there already: a beacon that was sent again. The rest still counts.
            var known = await Task.WhenAll(pending.Select(async tracked => await documents.GetAsync(TrackedEvent.Documents, linkDay, tracked.Id, cancellation) is not null));
            pending = [.. pending.Where((_, i) => !known[i])];
        }

        return pending.Count == 0 ? true : throw new InvalidOperationException($"The events of {linkDay} could not be written against all the others.");
    }

    /// <summary>
    /// Brings the link's rollup of the day up to the day's counts. The rollup's version is read before the counts: who
    /// read older counts loses to who wrote newer ones, and tries again.
    /// </summary>
    public async Task RollUpAsync(string linkId, string day, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var rollup = await documents.GetAsync(LinkRollup.Documents, linkId, day, cancellation);
            var counts = await documents.GetAsync(DayCounts.Documents, $"{linkId}:{day}", DayCounts.CountsId, cancellation);
            if (counts is null || counts.Document.Total == rollup?.Document.Total)
            {
                return;
            }

            var next = new LinkRollup(day, linkId, counts.Document.Total, counts.Document.Counts, counts.Document.LastEventAt);
            var written = rollup is null
                ? await documents.CreateAsync(LinkRollup.Documents, next, cancellation)
                : await documents.ReplaceAsync(LinkRollup.Documents, next, rollup.ETag, cancellation);
            if (written.Outcome == WriteOutcome.Written)
            {
                return;
            }
        }

        // Somebody else's rollup got through every time, each newer than what we had read.
    }

    /// <summary>All days of a link.</summary>
    public async Task<IReadOnlyList<LinkRollup>> ListRollupsAsync(string linkId, CancellationToken cancellation)
    {
        var days = new List<LinkRollup>();
        string? continuation = null;
        do
        {
            var page = await documents.ListAsync(LinkRollup.Documents, linkId, new DocumentQuery(Limit: 1000, Continuation: continuation), cancellation);
            days.AddRange(page.Items.Select(item => item.Document));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return days;
    }

    private static DocumentBatch BatchOf(string linkDay, List<TrackedEvent> events)
    {
        var batch = new DocumentBatch(TrackedEvent.Container, linkDay);
        var count = new DocumentPatch().Increment("/total", events.Count).Set("/lastEventAt", events.Max(tracked => tracked.ReceivedAt));
        foreach (var kind in events.GroupBy(tracked => tracked.Kind))
        {
            count.Increment($"/counts/{kind.Key}", kind.Count());
        }

        batch.Patch(DayCounts.Documents, DayCounts.CountsId, count);
        events.ForEach(tracked => batch.Create(TrackedEvent.Documents, tracked));
        return batch;
    }
}
