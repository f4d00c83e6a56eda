using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Configuration;

namespace Portico.EmbeddedHost.Durable;

/// <summary>Limits and places of the durable engine.</summary>
public sealed record DurableEngineOptions
{
    /// <summary>Longest serialised input, output or event payload, in UTF-8 bytes: what the official large-payload store
    /// takes by default. Larger things belong into a blob, a reference to it into the history.</summary>
    public const int MaxPayloadBytes = 10 * 1024 * 1024;

    /// <summary>Longest serialised custom status, in characters: 16 KB of UTF-16, the official limit.</summary>
    public const int MaxCustomStatusChars = 8 * 1024;

    /// <summary>The SQLite file.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>The task hub's name, which the client carries.</summary>
    public string HubName { get; init; } = "portico";

    /// <summary>Activities that run at once, of all names.</summary>
    public int MaxConcurrentActivities { get; init; } = 10;

    /// <summary>Orchestrations that take a step at once; those that wait don't count.</summary>
    public int MaxConcurrentOrchestrators { get; init; } = 16;

    /// <summary>Activities of one name that run at once, for names that need a bound of their own (one ffmpeg on two
    /// cores). Names without regard to case.</summary>
    public IReadOnlyDictionary<string, int> MaxConcurrentByActivity { get; init; } = new Dictionary<string, int>();

    /// <summary>Waiting orchestrations whose state machine stays in memory. Others are replayed from their history when
    /// something reaches them; 0 replays at every step.</summary>
    public int MaxCachedOrchestrations { get; init; } = 512;

    /// <summary>Turns values into JSON and back.</summary>
    public DataConverter DataConverter { get; init; } = JsonDataConverter.Default;

    /// <summary>Told of every commit, before and after; null in production. See <c>SqliteDatabase.Open</c>.</summary>
    public Action<string>? FaultPoint { get; init; }

    /// <summary>
    /// Reads the <c>extensions:durableTask</c> section of host.json: <c>hubName</c>,
    /// <c>maxConcurrentActivityFunctions</c>, <c>maxConcurrentOrchestratorFunctions</c>, and the embedded host's own
    /// <c>embedded:maxConcurrentByActivity</c> (name → limit), which Azure ignores.
    /// </summary>
    public static DurableEngineOptions FromHostJson(IConfiguration durableTask, string databasePath)
    {
        var defaults = new DurableEngineOptions { DatabasePath = databasePath };
        return defaults with
        {
            HubName = durableTask["hubName"] ?? defaults.HubName,
            MaxConcurrentActivities = durableTask.GetValue("maxConcurrentActivityFunctions", defaults.MaxConcurrentActivities),
            MaxConcurrentOrchestrators = durableTask.GetValue("maxConcurrentOrchestratorFunctions", defaults.MaxConcurrentOrchestrators),
            MaxConcurrentByActivity = durableTask.GetSection("embedded:maxConcurrentByActivity").GetChildren()
                .ToDictionary(limit => limit.Key, limit => limit.Get<int>(), StringComparer.OrdinalIgnoreCase),
        };
    }
}
