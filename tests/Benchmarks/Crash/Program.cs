using System.Globalization;
using System.Text.Json;
using CrashBenchmark;

// [--kills n] [--seed n] [--json file]: 15 of 100 kills hit the product with its Azurite, the others the workload, both at
// the same time. Exit code 1 when a promise was broken.
var kills = int.Parse(Option("--kills") ?? "1000", CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
var ofProduct = kills * 15 / 100;
var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "unknown";
Console.WriteLine($"seed {seed}, {kills} kills, {Environment.ProcessorCount} processors, load {load}");

var reports = await Task.WhenAll(
    new WorkloadRun(new WorkloadOptions(kills - ofProduct, seed, LongestLife: TimeSpan.FromSeconds(1), Killed: Progress("workload"))).RunAsync(CancellationToken.None),
    new ProductRun(ofProduct, seed + 1, Progress("product")).RunAsync(CancellationToken.None));

foreach (var report in reports)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
        {report.Host}
          kills                    {report.Kills,8}   of which while starting {report.KillsWhileStarting}
          start to ready, ms       {report.StartToReadyMs.Median,8:f0}   p95 {report.StartToReadyMs.P95:f0}, longest {report.StartToReadyMs.Longest:f0}, of {report.StartToReadyMs.Lives} lives
          acknowledged writes      {report.AcknowledgedWrites,8}
          messages heard           {report.MessagesHeard,8}
          orchestrations           {report.Orchestrations,8}
          activity runs            {report.ActivityRuns,8}   of which again, their result not being recorded {report.ActivitiesRunAgain}
          uploads                  {report.Uploads,8}
          looks between lives      {report.Looks,8}
          violations               {report.Violations.Count,8}
        """));
    foreach (var violation in report.Violations.Take(50))
    {
        Console.WriteLine($"VIOLATION {violation}");
    }
}

if (Option("--json") is { } path)
{
    var json = new { seed, at = DateTimeOffset.UtcNow, processors = Environment.ProcessorCount, load, reports };
    await File.WriteAllTextAsync(path, JsonSerializer.Serialize(json, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
}

return reports.All(report => report.Violations.Count == 0) ? 0 : 1;

string? Option(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;

static Action<int> Progress(string host) => count =>
{
    if (count % 50 == 0)
    {
        Console.WriteLine($"{host}: {count} kills");
    }
};
