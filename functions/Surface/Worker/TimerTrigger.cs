using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function by the clock (UTC). One run at a time; a run missed while the host was down is caught up once.</summary>
public sealed class TimerTriggerAttribute : TriggerBindingAttribute
{
    /// <param name="schedule">Six-field NCRONTAB (seconds first), a <c>hh:mm:ss</c> interval, or <c>%SettingName%</c>.</param>
    public TimerTriggerAttribute(string schedule)
    {
        Schedule = schedule;
        UseMonitor = true;
    }

    /// <summary>When it runs.</summary>
    public string Schedule { get; private set; }

    /// <summary>Whether the last run is remembered across restarts.</summary>
    public bool UseMonitor { get; set; }

    /// <summary>Whether it also runs whenever the host starts.</summary>
    public bool RunOnStartup { get; set; }
}

/// <summary>Why a timer function runs.</summary>
public class TimerInfo
{
    /// <summary>The schedule's memory; null when <see cref="TimerTriggerAttribute.UseMonitor"/> is off.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether this run makes up for one that was missed.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>The schedule's memory, in UTC.</summary>
public class ScheduleStatus
{
    /// <summary>The last time it ran; <see cref="DateTime.MinValue"/> before the first.</summary>
    public DateTime Last { get; set; }

    /// <summary>The time it was due next before this run: in a run that is not late, the run itself.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this was written.</summary>
    public DateTime LastUpdated { get; set; }
}
