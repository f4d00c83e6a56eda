using System.Globalization;
using System.Text;
using Microsoft.Azure.Functions.Worker;

namespace CrashWorkload;

/// <summary>One line of the journal.</summary>
/// <param name="IsEnd">False when the activity began, true when it returned.</param>
/// <param name="Stage">How far its instance had come: activities of one stage are called together, the next stage only
/// after all of them.</param>
/// <param name="TaskId">The number of the call within its execution.</param>
/// <param name="AtTicks">System clock, UTC.</param>
public sealed record JournalEntry(bool IsEnd, string InstanceId, int Stage, int TaskId, string Activity, int ProcessId, long AtTicks);

/// <summary>
/// What activities did, known without the engine: a file that is only appended to and synced with every line.
/// </summary>
/// <remarks>
/// Lines have <see cref="LineBytes"/> bytes, a divisor of a page, so that none straddles two: the kernel takes a write
/// within one page whole or not at all, also from a process that is being killed.
/// </remarks>
public sealed class ActivityJournal(string path)
{
    private const int LineBytes = 256;

    private readonly Lock _gate = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Begin(FunctionContext context, Step step) => Note("begin", context, step);

    public void End(FunctionContext context, Step step) => Note("end", context, step);

    /// <summary>How often this call (instance and stage; whichever task id a retry has) has begun, in all processes.</summary>
    public int Begun(string instanceId, int stage) => Read(path).Count(entry => !entry.IsEnd && entry.InstanceId == instanceId && entry.Stage == stage);

    /// <summary>Every line so far. Other processes may be writing.</summary>
    /// <exception cref="InvalidDataException">A line is torn.</exception>
    public static IReadOnlyList<JournalEntry> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length - (file.Length % LineBytes)];
        file.ReadExactly(bytes);
        return [.. bytes.Chunk(LineBytes).Select(line => Parse(Encoding.ASCII.GetString(line)))];
    }

    private void Note(string what, FunctionContext context, Step step)
    {
        var (instanceId, taskId) = (context.BindingContext.BindingData["instanceId"], context.BindingContext.BindingData["taskId"]);
        var line = string.Create(CultureInfo.InvariantCulture, $"{what} {instanceId} {step.Stage} {taskId} {context.FunctionDefinition.Name} {Environment.ProcessId} {DateTime.UtcNow.Ticks}");
        var bytes = Encoding.ASCII.GetBytes(line.PadRight(LineBytes - 1) + "\n");
        if (bytes.Length != LineBytes)
        {
            throw new InvalidOperationException($"Too long for the journal: {line}");
        }

        lock (_gate)
        {
            _file.Write(bytes);
            _file.Flush(flushToDisk: true);
        }
    }

    private static JournalEntry Parse(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return line[^1] == '\n' && parts.Length == 7 && parts[0] is "begin" or "end"
            ? new(parts[0] == "end", parts[1], Number(parts[2]), Number(parts[3]), parts[4], Number(parts[5]), long.Parse(parts[6], CultureInfo.InvariantCulture))
            : throw new InvalidDataException($"The journal has a torn line: {line}");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
