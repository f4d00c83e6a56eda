namespace Portico.Storage;

/// <summary>
/// Marks the instants at which a crash is interesting: just before and just after a commit or another
/// side effect that outlives the process. Free in production; the crash tests enumerate them and end the
/// process at each in turn.
/// </summary>
/// <remarks>
/// <c>PORTICO_FAULT_LOG=file</c> appends the name of every point reached. <c>PORTICO_FAULT_KILL=n</c> ends
/// the process with SIGKILL at the n-th point (from 1).
/// </remarks>
public static class FaultPoint
{
    private static readonly string? LogPath = Environment.GetEnvironmentVariable("PORTICO_FAULT_LOG");
    private static readonly long KillAt = long.TryParse(Environment.GetEnvironmentVariable("PORTICO_FAULT_KILL"), out var n) ? n : 0;
    private static readonly bool Armed = LogPath is not null || KillAt > 0;
    private static readonly Lock Gate = new();
    private static long _reached;

    /// <summary>Says that <paramref name="name"/> (for example <c>blob.publish.after</c>) has been reached.</summary>
    public static void Reached(string name)
    {
        if (!Armed)
        {
            return;
        }

        lock (Gate)
        {
            _reached++;
            if (LogPath is not null)
            {
                File.AppendAllText(LogPath, name + "\n");
            }

            if (_reached == KillAt)
            {
                System.Diagnostics.Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }
}
