using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;
using Portico.Links;

namespace Portico.Analytics;

/// <summary>
/// <c>POST /analytics/track</c>: what <c>sendBeacon</c> sends. Limited per link and batch, never per address: a whole
/// stadium may sit behind one. Answers how many events were ignored because of what they say about when they happened;
/// the others count.
/// </summary>
public sealed class TrackEvents(LinkStore links, EventStore events, TimeProvider clock)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxEvents = 100;

    // One place of a batch of 100 operations is the counter's.
    private const int MaxPerWrite = 99;

    // A beacon may wait for the next visit, and phones keep bad time. What claims more is ignored: put on another day
    // than its own, the same event would count again when it is sent again.
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    private sealed record Request(string? Code, string? SessionId, IReadOnlyList<EventBody?>? Events);

    private sealed record EventBody(string? Id, string? Type, DateTimeOffset? At, string? TargetId, double? Value, string? Reason);

    /// <param name="Ignored">Events without <c>at</c>, or with one over 30 days ago or over a day ahead. Sending them again is no use.</param>
    private sealed record Response(int Ignored);

    [Function(nameof(TrackEvents))]
    [Public("Viewers are strangers.")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "analytics/track")] HttpRequest request, CancellationToken cancellation)
    {
        var (bytes, problem) = await JsonBody.ReadBytesAsync(request, MaxBytes, cancellation, alsoText: true);
        if (problem is not null || !JsonBody.Bind<Request>(bytes).TryGet(out var body, out problem))
        {
            return problem;
        }

        var errors = new FieldErrors();
        body = Checked(body, errors);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        if (!LinkCode.IsValid(body.Code!) || await links.FindAsync(body.Code!, cancellation) is null)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        var now = clock.GetUtcNow();
        var credible = body.Events!.Select(sent => sent!).Where(sent => sent.At >= now - MaxAge && sent.At <= now + MaxAhead).ToList();
        var isFull = false;
        foreach (var day in credible.Select(sent => Event(body, sent, now)).GroupBy(tracked => tracked.LinkDay))
        {
            foreach (var part in day.Chunk(MaxPerWrite))
            {
                isFull = !await events.TryAddAsync(day.Key, part, cancellation);
                if (isFull)
                {
                    break;
                }
            }

            // Also of a day that is full: what went before the limit counts.
            await events.RollUpAsync(body.Code!, day.Key[(body.Code!.Length + 1)..], cancellation);
            if (isFull)
            {
                return new Problem(ErrorCatalogue.LinkEventLimit) { RetryAfter = now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime };
            }
        }

        return Results.Json(new Response(body.Events!.Count - credible.Count), ApiJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>The request with its texts trimmed: what was measured is what is stored, and not the spaces around it.</summary>
    private static Request Checked(Request body, FieldErrors errors)
    {
        body = body with { Code = errors.Text("code", body.Code, maxLength: 40), SessionId = errors.Text("sessionId", body.SessionId, maxLength: 64) };
        if (body.Events is not { Count: > 0 and <= MaxEvents })
        {
            errors.Add("events", $"Must have 1 to {MaxEvents} events.");
            return body;
        }

        var events = new List<EventBody?>(body.Events.Count);
        for (var i = 0; i < body.Events.Count; i++)
        {
            var (id, type, value) = (body.Events[i]?.Id, body.Events[i]?.Type, body.Events[i]?.Value);
            if (id is not { Length: >= 8 and <= 64 } || id == DayCounts.CountsId || !id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            {
                errors.Add($"events[{i}].id", "Must have 8 to 64 letters, digits, - or _.");
            }

            if (type is null || !TrackedEvent.Kinds.Contains(type))
            {
                errors.Add($"events[{i}].type", "Must be one of " + string.Join(", ", TrackedEvent.Kinds) + ".");
            }

            if (value is { } number && !double.IsFinite(number))
            {
                errors.Add($"events[{i}].value", "Must be a number.");
            }

            var targetId = errors.Text($"events[{i}].targetId", body.Events[i]?.TargetId, maxLength: 64, minLength: 0);
            var reason = errors.Text($"events[{i}].reason", body.Events[i]?.Reason, maxLength: 200, minLength: 0);
            events.Add(body.Events[i] is { } sent ? sent with { TargetId = NullIfEmpty(targetId), Reason = NullIfEmpty(reason) } : null);
        }

        return body with { Events = events };
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static TrackedEvent Event(Request body, EventBody sent, DateTimeOffset now)
    {
        // The day follows from the event alone, so that the same event falls on the same day whenever it is sent again.
        var at = sent.At!.Value.ToUniversalTime();
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return new TrackedEvent(sent.Id!, TrackedEvent.LinkDayOf(body.Code!, day), body.SessionId!, sent.Type!, at, now, sent.TargetId, sent.Value, sent.Reason);
    }
}
