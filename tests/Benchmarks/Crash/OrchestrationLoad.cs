using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CrashWorkload;

namespace CrashBenchmark;

/// <summary>Clients that start an orchestration, steer it, wait for its end, and begin anew.</summary>
public sealed class OrchestrationLoad(Caller caller, Findings findings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, Started> _started = new();
    private readonly Dictionary<(string Pattern, long Value), string> _undisturbed = [];

    /// <param name="Told">How a client saw it end; null while none has.</param>
    private sealed record Started(string Pattern, long Value, string? Told);

    public int Count => _started.Count;

    /// <summary>Runs every pattern with every input once, on a host that lives, to know how each ends.</summary>
    public async Task LearnAsync(int inputs, CancellationToken cancellation)
    {
        var all = from pattern in Patterns.All from value in Enumerable.Range(1, inputs) select (pattern, (long)value);
        var ends = await Task.WhenAll(all.Select(async one =>
        {
            var (pattern, value) = one;
            var id = $"undisturbed-{pattern}-{value}";
            await SteerAsync(id, pattern, value, new Random((int)value), cancellation);
            return (one, await EndOfAsync(id, Patience, cancellation) ?? throw new TimeoutException($"{id} did not end although nothing disturbed it."));
        }));
        foreach (var (key, end) in ends)
        {
            _undisturbed[key] = end;
        }
    }

    public async Task RunAsync(int client, Random random, CancellationToken stopping)
    {
        for (var number = 0; !stopping.IsCancellationRequested; number++)
        {
            var (pattern, value) = _undisturbed.Keys.ElementAt(random.Next(_undisturbed.Count));
            var id = $"{pattern}-{client}-{number}";
            _started[id] = new(pattern, value, null);
            await SteerAsync(id, pattern, value, random, stopping);
            if (await EndOfAsync(id, Patience, stopping) is { } end)
            {
                _started[id] = new(pattern, value, end);
            }
        }
    }

    /// <summary>Waits for all that were started; how each stands.</summary>
    public async Task<IReadOnlyList<Ended>> SettleAsync(CancellationToken cancellation)
    {
        var ends = new List<Ended>();
        foreach (var (id, (pattern, value, told)) in _started.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            // A client that was stopped in the middle: now it goes on.
            if (told is null)
            {
                await SteerAsync(id, pattern, value, new Random(0), cancellation);
            }

            var end = await EndOfAsync(id, Patience, cancellation) ?? $"not at its end after {Patience.TotalSeconds} s: {(await StateAsync(id, cancellation))?.Status}";
            ends.Add(new(id, $"{pattern} of {value}", _undisturbed[(pattern, value)], end, told));
        }

        return ends;
    }

    /// <summary>Everything that a client does to one instance. Every part may be done more than once.</summary>
    private async Task SteerAsync(string id, string pattern, long value, Random random, CancellationToken cancellation)
    {
        await DoAsync($"instances/{id}/start/{pattern}/{value}", cancellation);
        if (pattern == nameof(Patterns.Paused))
        {
            await DoAsync($"instances/{id}/suspend", cancellation);
        }

        foreach (var name in Patterns.EventsOf(pattern))
        {
            // Sometimes before it is waited for, sometimes after.
            await Task.Delay(random.Next(40), cancellation);
            await DoAsync($"instances/{id}/events/{name}/{value * 10}", cancellation);
        }

        if (pattern == nameof(Patterns.Paused))
        {
            await DoAsync($"instances/{id}/resume", cancellation);
        }

        if (pattern == nameof(Patterns.Endless))
        {
            await Task.Delay(random.Next(40), cancellation);
            await DoAsync($"instances/{id}/terminate", cancellation);
        }
    }

    private async Task DoAsync(string path, CancellationToken cancellation)
    {
        var answer = await caller.CallAsync("POST", path, null, cancellation);
        if (answer.Status is not (HttpStatusCode.OK or HttpStatusCode.Accepted))
        {
            findings.Add($"POST {path} answered {answer.Status}: {answer.Text}");
        }
    }

    private async Task<string?> EndOfAsync(string id, TimeSpan patience, CancellationToken cancellation)
    {
        var giveUpAt = DateTime.UtcNow + patience;
        while (DateTime.UtcNow < giveUpAt)
        {
            if (await StateAsync(id, cancellation) is { Status: "Completed" or "Failed" or "Terminated" } ended)
            {
                return $"{ended.Status} {ended.Output}";
            }

            await Task.Delay(30, cancellation);
        }

        return null;
    }

    private async Task<InstanceState?> StateAsync(string id, CancellationToken cancellation)
    {
        var answer = await caller.CallAsync("GET", $"instances/{id}", null, cancellation);
        return answer.Status == HttpStatusCode.NotFound ? null : JsonSerializer.Deserialize<InstanceState>(answer.Body, JsonSerializerOptions.Web);
    }
}
