using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace CrashBenchmark;

/// <summary>Marketers of the product, each with one thing that they do again and again. Numbers stand in names and titles, so that what is stored can be read off.</summary>
public sealed class ProductClients(Caller caller, Ledger ledger, Findings findings)
{
    private const int UpdatesPerProject = 10;
    private const int PauseMs = 20;

    /// <summary>Ledger name → project, for projects whose creation was acknowledged.</summary>
    private readonly ConcurrentDictionary<string, string> _projects = new();

    /// <summary>Creates projects and renames them.</summary>
    public async Task RunProjectsAsync(int client, CancellationToken stopping)
    {
        for (var number = 0; ; number++)
        {
            var name = $"project-{client}-{number}";
            ledger.Sending(name, 1);
            var created = await ExpectAsync("POST", "projects", new { name = "1", description = name }, HttpStatusCode.Created, stopping, ("Idempotency-Key", name));
            var id = created.GetProperty("id").GetString()!;
            _projects[name] = id;
            ledger.Acknowledged(name, 1);
            for (var value = 2; value <= UpdatesPerProject; value++)
            {
                ledger.Sending(name, value);
                await ExpectAsync("PATCH", $"projects/{id}", new { name = $"{value}" }, HttpStatusCode.OK, stopping);
                ledger.Acknowledged(name, value);
                await Task.Delay(PauseMs, stopping);
            }
        }
    }

    /// <summary>Gives a link another title, which is acknowledged when its manifest is public.</summary>
    public async Task RunLinkAsync(ProductScene scene, CancellationToken stopping)
    {
        for (var value = 1; ; value++)
        {
            ledger.Sending("link", value);
            ledger.Sending("manifest", value);
            await ExpectAsync("PUT", $"links/{scene.LinkCode}", new { title = $"{value}", targets = scene.Targets }, HttpStatusCode.OK, stopping);
            ledger.Acknowledged("link", value);
            ledger.Acknowledged("manifest", value);
            await Task.Delay(PauseMs, stopping);
        }
    }

    /// <summary>Sends beacons; repeated ones count once.</summary>
    public async Task RunBeaconsAsync(ProductScene scene, Random random, CancellationToken stopping)
    {
        for (var total = 0L; ;)
        {
            var at = DateTimeOffset.UtcNow;
            var events = Enumerable.Range(0, random.Next(1, 6)).Select(i => new { id = $"event-{total + i:d8}", type = "view_started", at }).ToArray();
            total += events.Length;
            ledger.Sending("beacons", total);
            await ExpectAsync("POST", "analytics/track", new { code = scene.LinkCode, sessionId = "session", events }, HttpStatusCode.Accepted, stopping);
            ledger.Acknowledged("beacons", total);
            await Task.Delay(PauseMs, stopping);
        }
    }

    /// <summary>What is there at the end, beside what is known of it.</summary>
    public async Task<IReadOnlyList<Written>> ReadAsync(ProductScene scene, CancellationToken cancellation)
    {
        var written = new List<Written>();
        foreach (var (name, id) in _projects)
        {
            var project = await caller.CallAsync("GET", $"projects/{id}", null, cancellation);
            written.Add(new(name, ledger.Of(name), project.Status == HttpStatusCode.NotFound ? null : Number(project.Json, "name")));
        }

        foreach (var twice in (await AllAsync("projects", cancellation)).GroupBy(project => project.TryGetProperty("description", out var key) ? key.GetString() : null).Where(group => group.Key is not null && group.Count() > 1))
        {
            findings.Add($"created twice: {twice.Count()} projects came of one idempotency key, {twice.Key}");
        }

        written.Add(new("link", ledger.Of("link"), Number((await caller.CallAsync("GET", $"links/{scene.LinkCode}", null, cancellation)).Json, "title")));
        written.Add(new("manifest", ledger.Of("manifest"), Number((await caller.CallAsync("GET", $"/cdn/m/{scene.LinkCode}.json", null, cancellation)).Json, "title")));
        var analytics = await caller.CallAsync("GET", $"projects/{scene.ProjectId}/analytics", null, cancellation);
        written.Add(new("beacons", ledger.Of("beacons"), analytics.Json.GetProperty("totals").TryGetProperty("view_started", out var count) ? count.GetInt64() : 0));
        return written;
    }

    /// <summary>Every item of a list, over all its pages.</summary>
    public async Task<IReadOnlyList<JsonElement>> AllAsync(string path, CancellationToken cancellation)
    {
        var items = new List<JsonElement>();
        for (string? cursor = null; ;)
        {
            var page = (await caller.CallAsync("GET", $"{path}?limit=100{(cursor is null ? "" : $"&cursor={cursor}")}", null, cancellation)).Json;
            items.AddRange(page.GetProperty("items").EnumerateArray());
            if (!page.TryGetProperty("cursor", out var next) || next.ValueKind == JsonValueKind.Null)
            {
                return items;
            }

            cursor = next.GetString();
        }
    }

    /// <summary>The body of an answer that must have this status.</summary>
    public async Task<JsonElement> ExpectAsync(string method, string path, object? body, HttpStatusCode expected, CancellationToken cancellation, params (string, string)[] headers)
    {
        var answer = await caller.CallAsync(method, path, body, cancellation, headers);
        return answer.Status == expected
            ? answer.Body.Length == 0 ? default : answer.Json
            : throw new InvalidOperationException($"{method} {path} answered {answer.Status}: {answer.Text}");
    }

    private static long? Number(JsonElement json, string property) => long.Parse(json.GetProperty(property).GetString()!, CultureInfo.InvariantCulture);
}

/// <summary>A link that was made before the first kill, and what it shows.</summary>
public sealed record ProductScene(string ProjectId, string LinkCode, object[] Targets);
