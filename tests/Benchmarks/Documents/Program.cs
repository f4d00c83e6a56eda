using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Portico.Documents;
using Portico.Documents.Sqlite;

namespace DocumentsBenchmark;

/// <summary>About 1 KB of JSON.</summary>
public sealed record Entry(string Id, string BookId, int Number, DateTimeOffset At, string Filler) : IDocument
{
    public static readonly DocumentType<Entry> Documents = new("entries", "/bookId", "entry") { OrderedBy = ["at"] };

    [JsonIgnore]
    public string PartitionKey => BookId;
}

public sealed record Measurement(string Name, int Callers, int Operations, double PerSecond, double P50Ms, double P99Ms);

/// <summary>
/// <c>[--json file] [--seconds n]</c>: each workload in turn for that long on a database in the temporary folder. The
/// figures depend on the disk's fsync and on what else the machine does; the load average is printed with them.
/// </summary>
public static class Program
{
    private const int Documents = 10_000;
    private static readonly string Filler = new('x', 850);

    public static async Task Main(string[] args)
    {
        var seconds = double.Parse(Option(args, "--seconds") ?? "3", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("portico-bench-").FullName;
        var results = new List<Measurement>();
        await using (var store = SqliteDocumentStore.Open(Path.Combine(folder, "portico.db")))
        {
            await Task.WhenAll(Enumerable.Range(0, Documents).Select(i => store.UpsertAsync(Entry.Documents, NewEntry(i), default)));

            results.Add(await MeasureAsync("upsert", 1, seconds, i => store.UpsertAsync(Entry.Documents, NewEntry(i), default)));
            results.Add(await MeasureAsync("upsert", 64, seconds, i => store.UpsertAsync(Entry.Documents, NewEntry(i), default)));
            results.Add(await MeasureAsync("patch", 64, seconds, i =>
                store.PatchAsync(Entry.Documents, "book", Id(i), new DocumentPatch().Increment("/number", 1), null, default)));
            results.Add(await MeasureAsync("point read", 1, seconds, i => store.GetAsync(Entry.Documents, "book", Id(i), default)));
            results.Add(await MeasureAsync("point read", 4, seconds, i => store.GetAsync(Entry.Documents, "book", Id(i), default)));
            var newest = new DocumentQuery(OrderBy: "at", Descending: true, Limit: 50);
            results.Add(await MeasureAsync("newest 50 of 10,000", 1, seconds, _ => store.ListAsync(Entry.Documents, "book", newest, default)));
        }

        Directory.Delete(folder, recursive: true);
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "unknown";
        Print(results, load);
        if (Option(args, "--json") is { } path)
        {
            await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { processors = Environment.ProcessorCount, load, results }, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
        }
    }

    private static string Id(int i) => $"e{i % Documents:d6}";

    private static Entry NewEntry(int i) => new(Id(i), "book", i, DateTimeOffset.UnixEpoch.AddSeconds(i), Filler);

    private static async Task<Measurement> MeasureAsync(string name, int callers, double seconds, Func<int, Task> operation)
    {
        for (var i = 0; i < 200; i++)
        {
            await operation(i);
        }

        var next = -1;
        var watch = Stopwatch.StartNew();
        var perCaller = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var durations = new List<double>();
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                var started = Stopwatch.GetTimestamp();
                await operation(Interlocked.Increment(ref next) & int.MaxValue);
                durations.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return durations;
        })));
        var elapsed = watch.Elapsed.TotalSeconds;
        var all = perCaller.SelectMany(d => d).Order().ToArray();
        return new Measurement(name, callers, all.Length, all.Length / elapsed, all[all.Length / 2], all[(int)(all.Length * 0.99)]);
    }

    private static void Print(List<Measurement> results, string load)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, load {load}; 1 KB documents, every write durable"));
        Console.WriteLine($"{"workload",-22}{"callers",8}{"per second",12}{"p50 ms",10}{"p99 ms",10}");
        foreach (var r in results)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{r.Name,-22}{r.Callers,8}{r.PerSecond,12:n0}{r.P50Ms,10:f3}{r.P99Ms,10:f3}"));
        }
    }

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
}
