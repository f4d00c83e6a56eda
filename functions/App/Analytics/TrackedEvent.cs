using System.Globalization;
using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Analytics;

/// <summary>One event of one visit. Its id is the visitor's: arriving again, it is a conflict and not another event.</summary>
/// <param name="LinkDay"><c>{code}:{yyyy-MM-dd}</c>, the UTC day that the event says it happened on.</param>
public sealed record TrackedEvent(
    string Id,
    string LinkDay,
    string SessionId,
    string Kind,
    DateTimeOffset At,
    DateTimeOffset ReceivedAt,
    string? TargetId,
    double? Value,
    string? Reason) : IDocument
{
    public const string Container = "events";
    public static readonly DocumentType<TrackedEvent> Documents = new(Container, "/linkDay", "event");

    [JsonIgnore]
    public string PartitionKey => LinkDay;

    public static string LinkDayOf(string code, DateOnly day) => $"{code}:{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    /// <summary>The kinds of events: those of <c>TrackEventType</c> in static-webxr/shared/api.ts.</summary>
    public static readonly IReadOnlySet<string> Kinds = new HashSet<string>(
        ["view_started", "camera_started", "marker_detected", "marker_lost", "video_started", "video_completed", "session_ended", "failed"],
        StringComparer.Ordinal);
}

/// <summary>How many events of each type a link has had on a day. In the events' partition: both are written together or neither is.</summary>
public sealed record DayCounts(string Id, string LinkDay, long Total, IReadOnlyDictionary<string, long> Counts, DateTimeOffset? LastEventAt) : IDocument
{
    public const string CountsId = "counts";
    public static readonly DocumentType<DayCounts> Documents = new(TrackedEvent.Container, "/linkDay", "dayCounts");

    [JsonIgnore]
    public string PartitionKey => LinkDay;

    public static DayCounts Empty(string linkDay) => new(CountsId, linkDay, 0, new Dictionary<string, long>(), null);
}

/// <summary>A copy of a day's counts in the link's own partition, so that a link's whole history is one query.</summary>
/// <param name="Id">The day, <c>yyyy-MM-dd</c>.</param>
public sealed record LinkRollup(string Id, string LinkId, long Total, IReadOnlyDictionary<string, long> Counts, DateTimeOffset? LastEventAt) : IDocument
{
    public static readonly DocumentType<LinkRollup> Documents = new("rollups", "/linkId", "rollup");

    [JsonIgnore]
    public string PartitionKey => LinkId;
}
