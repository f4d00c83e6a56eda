using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Portico.Tools;

/// <summary>
/// Starts every child process from one thread that lives as long as this process. The kernel sends a child its
/// parent-death signal when the <em>thread</em> that started it ends; a child started from the thread pool would be
/// killed in the middle of its work, when that pool thread retires after some idle seconds.
/// </summary>
internal static class ProcessLauncher
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Requests = [];

    static ProcessLauncher() => new Thread(Serve) { IsBackground = true, Name = "process launcher" }.Start();

    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add((start, started));
        return started.Task;
    }

    private static void Serve()
    {
        foreach (var (start, started) in Requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start."));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        }
    }
}

/// <summary>A process with everything it started.</summary>
internal static partial class ProcessGroup
{
    private const int SignalKill = 9;

    /// <summary>Kills the group that <paramref name="process"/> leads. What is already gone is fine.</summary>
    public static void Kill(Process process)
    {
        // Between its fork and its setsid a child leads no group yet; then it has no children either.
        if (NativeKill(-process.Id, SignalKill) != 0 && !process.HasExited)
        {
            process.Kill();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int NativeKill(int processId, int signal);
}
