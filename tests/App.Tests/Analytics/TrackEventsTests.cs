using System.Globalization;
using System.Text;
using System.Text.Json;
using App.Tests.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Portico.Analytics;
using Portico.Documents;
using Portico.Links;

namespace App.Tests.Analytics;

public sealed class TrackEventsTests : IAsyncDisposable
{
    private const string Code = "abcdefgh";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();
    private readonly EventStore _events;
    private readonly TrackEvents _track;

    public TrackEventsTests()
    {
        _events = new EventStore(_documents.Store);
        // Tracking looks links up; only deleting one touches blobs.
        _track = new TrackEvents(new LinkStore(_documents.Store, blobs: null!), _events, _clock);
    }

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task Track_SentAgainThreeDaysLater_CountsOnceOnItsOwnDay()
    {
        await CreateLinkAsync();
        var beacon = Beacon(("event-000001", _clock.GetUtcNow()));

        (await TrackAsync(beacon)).ShouldBe(0);
        _clock.Advance(TimeSpan.FromDays(3));
        (await TrackAsync(beacon)).ShouldBe(0);

        var day = (await _events.ListRollupsAsync(Code, None)).ShouldHaveSingleItem();
        day.Id.ShouldBe("2026-05-01");
        day.Total.ShouldBe(1);
    }

    [Fact]
    public async Task Track_AcrossMidnightAndTimeZones_CountsOnceOnItsUtcDay()
    {
        await CreateLinkAsync();
        var at = new DateTimeOffset(2026, 5, 2, 0, 30, 0, TimeSpan.FromHours(2));

        await TrackAsync(Beacon(("event-000001", at)));
        _clock.Advance(TimeSpan.FromHours(13));
        await TrackAsync(Beacon(("event-000001", at.ToUniversalTime())));

        var day = (await _events.ListRollupsAsync(Code, None)).ShouldHaveSingleItem();
        day.Id.ShouldBe("2026-05-01");
        day.Total.ShouldBe(1);
    }

    [Fact]
    public async Task Track_TimesBeyondBelief_AreIgnoredAndTheRestCounts()
    {
        await CreateLinkAsync();
        var now = _clock.GetUtcNow();
        var beacon = Beacon(
            ("event-000001", now - TimeSpan.FromDays(30)),
            ("event-000002", now - TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1)),
            ("event-000003", now + TimeSpan.FromDays(1)),
            ("event-000004", now + TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1)),
            ("event-000005", DateTimeOffset.MinValue),
            ("event-000006", DateTimeOffset.MaxValue),
            ("event-000007", null));

        (await TrackAsync(beacon)).ShouldBe(5);

        (await _events.ListRollupsAsync(Code, None)).Select(day => (day.Id, day.Total)).ShouldBe([("2026-04-01", 1L), ("2026-05-02", 1L)], ignoreOrder: true);
    }

    [Fact]
    public async Task Track_TheDayBecomesFull_RollsUpWhatCounted()
    {
        await CreateLinkAsync();
        var now = _clock.GetUtcNow();
        var almostFull = DayCounts.Empty($"{Code}:2026-05-01") with { Total = EventStore.MaxEventsPerLinkDay - 99 };
        await _documents.Store.CreateAsync(DayCounts.Documents, almostFull, None);

        await TrackAsync(Beacon([.. Enumerable.Range(0, 100).Select(i => ($"event-{i:D6}", (DateTimeOffset?)now))]), StatusCodes.Status429TooManyRequests);

        (await _events.ListRollupsAsync(Code, None)).ShouldHaveSingleItem().Total.ShouldBe(EventStore.MaxEventsPerLinkDay);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Analytics_CountedAndNeverRolledUp_ShowsIt(int daysFromToday)
    {
        await CreateLinkAsync();
        var at = _clock.GetUtcNow().AddDays(daysFromToday);
        var linkDay = TrackedEvent.LinkDayOf(Code, DateOnly.FromDateTime(at.UtcDateTime));
        await _events.TryAddAsync(linkDay, [new TrackedEvent("event-000001", linkDay, "s1", "view_started", at, at, null, null, null)], None);

        await new GetProjectAnalytics(new LinkStore(_documents.Store, blobs: null!), _events, _clock).Run(null!, "prj_1", None);

        (await _events.ListRollupsAsync(Code, None)).ShouldHaveSingleItem().Total.ShouldBe(1);
    }

    [Fact]
    public async Task Track_TextsAmongSpaces_StoresWhatWasMeasuredAlone()
    {
        await CreateLinkAsync();
        var spaces = new string(' ', 60_000 / 6);
        var at = _clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        var beacon = $$"""
            {"code":"{{Code}}","sessionId":"{{spaces}}s1{{spaces}}","events":[
              {"id":"event-000001","type":"failed","at":"{{at}}","targetId":"{{spaces}}t1{{spaces}}","reason":"{{spaces}}{{spaces}}"}]}
            """;

        await TrackAsync(beacon);

        var events = await _documents.Store.ListAsync(TrackedEvent.Documents, TrackedEvent.LinkDayOf(Code, DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime)), new DocumentQuery(), None);
        var stored = events.Items.ShouldHaveSingleItem().Document;
        (stored.SessionId, stored.TargetId, stored.Reason).ShouldBe(("s1", "t1", null));
    }

    private async Task CreateLinkAsync()
    {
        var now = _clock.GetUtcNow();
        await _documents.Store.CreateAsync(Link.Documents, new Link { Id = Code, ProjectId = "prj_1", Title = "x", Targets = [], CreatedAt = now, UpdatedAt = now }, None);
        await _documents.Store.CreateAsync(ProjectLink.Documents, new ProjectLink(Code, "prj_1", [], now), None);
    }

    private static string Beacon(params (string Id, DateTimeOffset? At)[] events)
    {
        var list = events.Select(each => each.At is { } at
            ? $$"""{"id":"{{each.Id}}","type":"view_started","at":"{{at.ToString("O", CultureInfo.InvariantCulture)}}"}"""
            : $$"""{"id":"{{each.Id}}","type":"view_started"}""");
        return $$"""{"code":"{{Code}}","sessionId":"s1","events":[{{string.Join(',', list)}}]}""";
    }

    /// <summary>How many events the answer says were ignored; 0 when it says why none were taken.</summary>
    private async Task<int> TrackAsync(string beacon, int status = StatusCodes.Status202Accepted)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        var bytes = Encoding.UTF8.GetBytes(beacon);
        (http.Request.Method, http.Request.ContentType, http.Request.ContentLength, http.Request.Body) = ("POST", "text/plain", bytes.Length, new MemoryStream(bytes));
        using var answer = new MemoryStream();
        http.Response.Body = answer;

        await (await _track.Run(http.Request, None)).ExecuteAsync(http);

        var text = Encoding.UTF8.GetString(answer.ToArray());
        http.Response.StatusCode.ShouldBe(status, text);
        return JsonDocument.Parse(text).RootElement.TryGetProperty("ignored", out var ignored) ? ignored.GetInt32() : 0;
    }
}
