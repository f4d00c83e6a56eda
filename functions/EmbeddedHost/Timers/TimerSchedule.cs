using System.Globalization;
using Microsoft.Extensions.Configuration;
using NCrontab;

namespace Portico.EmbeddedHost.Timers;

/// <summary>When a timer function runs, in UTC: six-field NCRONTAB (five fields run at second 0), or an interval <c>hh:mm:ss</c>.</summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule? _cron;
    private readonly TimeSpan _interval;

    private TimerSchedule(string text, CrontabSchedule? cron, TimeSpan interval)
    {
        Text = text;
        _cron = cron;
        _interval = interval;
    }

    /// <summary>The expression, with its setting resolved.</summary>
    public string Text { get; }

    /// <param name="expression">The attribute's schedule; <c>%Name%</c> stands for a setting.</param>
    /// <exception cref="FormatException">It is neither, or the setting is missing.</exception>
    public static TimerSchedule Parse(string expression, IConfiguration configuration)
    {
        var text = expression;
        if (text.Length > 2 && text[0] == '%' && text[^1] == '%')
        {
            text = configuration[text[1..^1]] ?? throw new FormatException($"The timer schedule {expression} names a setting that does not exist.");
        }

        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields == 1 && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero)
        {
            return new TimerSchedule(text, null, interval);
        }

        var cron = CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 })
            ?? throw new FormatException($"'{text}' is not a timer schedule: expected six NCRONTAB fields, or hh:mm:ss.");
        return new TimerSchedule(text, cron, default);
    }

    /// <summary>The first time after <paramref name="after"/>.</summary>
    public DateTime Next(DateTime after) => _cron is null ? after + _interval : DateTime.SpecifyKind(_cron.GetNextOccurrence(after), DateTimeKind.Utc);
}
