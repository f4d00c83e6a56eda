using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;
using Portico.Links;

namespace Portico.Analytics;

/// <summary><c>GET /projects/{id}/analytics</c>: counts by type, of each link and of all.</summary>
public sealed class GetProjectAnalytics(LinkStore links, EventStore events, TimeProvider clock)
{
    private const int LinksPerRead = 100;
    private const int DaysAround = 2;

    private sealed record LinkCounts(string Code, string Title, SortedDictionary<string, long> Counts, DateTimeOffset? LastEventAt);

    private sealed record Response(IReadOnlyList<LinkCounts> Links, SortedDictionary<string, long> Totals);

    [Function(nameof(GetProjectAnalytics))]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "projects/{id}/analytics")] HttpRequest request, string id, CancellationToken cancellation)
    {
        var counted = new List<LinkCounts>();
        string? continuation = null;
        do
        {
            var page = await links.ListAsync(id, LinksPerRead, continuation, cancellation);
            counted.AddRange(await Task.WhenAll(page.Links.Select(link => CountAsync(link, cancellation))));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        counted.ForEach(link => Add(totals, link.Counts));
        return ApiJson.Ok(new Response(counted, totals));
    }

    private async Task<LinkCounts> CountAsync(Link link, CancellationToken cancellation)
    {
        // A process that died between counting and rolling up is made good here, for the days that events are sent on:
        // a beacon may wait over midnight, and a phone's clock be a day ahead.
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        for (var offset = -DaysAround; offset <= DaysAround; offset++)
        {
            await events.RollUpAsync(link.Id, today.AddDays(offset).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), cancellation);
        }

        var days = await events.ListRollupsAsync(link.Id, cancellation);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var day in days)
        {
            Add(counts, day.Counts);
        }

        return new LinkCounts(link.Id, link.Title, counts, days.Max(day => day.LastEventAt));
    }

    private static void Add(SortedDictionary<string, long> sum, IEnumerable<KeyValuePair<string, long>> counts)
    {
        foreach (var (type, count) in counts)
        {
            sum[type] = sum.GetValueOrDefault(type) + count;
        }
    }
}
