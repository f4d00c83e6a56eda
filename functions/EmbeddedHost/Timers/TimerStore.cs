using System.Globalization;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Timers;

/// <summary>When each timer function last ran and is next due, across restarts.</summary>
internal sealed class TimerStore(HostState state)
{
    /// <summary>Null when it never ran, or ran by another schedule: what that one would have missed is no loss.</summary>
    public TimerRun? Read(string function, string schedule) => state.Database.Read(session =>
    {
        using var row = session.Statement("SELECT last_run, next_run, updated_at FROM timer WHERE function = $1 AND schedule = $2", function, schedule).ExecuteReader();
        return row.Read() ? new TimerRun(row.IsDBNull(0) ? null : Time(row.GetString(0)), Time(row.GetString(1)), Time(row.GetString(2))) : null;
    });

    public Task WriteAsync(string function, string schedule, TimerRun run) => state.Database.WriteAsync(session => session.Run(
        "INSERT INTO timer VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO UPDATE SET schedule = $2, last_run = $3, next_run = $4, updated_at = $5",
        function, schedule, run.Last?.ToString("O"), run.Next.ToString("O"), run.UpdatedAt.ToString("O")));

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}

/// <summary>A timer's memory, in UTC.</summary>
/// <param name="Last">Null before the first run.</param>
internal sealed record TimerRun(DateTime? Last, DateTime Next, DateTime UpdatedAt);
