using System.Globalization;
using System.Text.Json;
using CrashBenchmark;

// [--kills n] [--seed n] [--json file]: exit code 1 when a promise was broken.
var kills = int.Parse(Option("--kills") ?? "1000", CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
Console.WriteLine($"seed {seed}, {kills} kills, load {File.ReadAllText("/proc/loadavg").Trim()}");

var report = await new CrashRun(new CrashOptions(kills, seed, LongestLife: TimeSpan.FromSeconds(1))).RunAsync(CancellationToken.None);

Console.WriteLine(report with { Violations = [] });
foreach (var violation in report.Violations.Take(50))
{
    Console.WriteLine($"VIOLATION {violation}");
}

Console.WriteLine($"{report.Violations.Count} violations");
if (Option("--json") is { } path)
{
    await File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
}

return report.Violations.Count == 0 ? 0 : 1;

string? Option(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
