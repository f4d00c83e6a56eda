using System.Diagnostics;
using System.Text;

namespace Portico.Tools;

/// <summary>
/// Runs external tools on files that strangers sent: an allow-listed program, an argument list (never a shell), a
/// working folder of its own, an empty environment, limits held by the kernel, a wall clock, and no way to outlive
/// this process.
/// </summary>
/// <remarks>
/// The command line is <c>setsid setpriv --pdeathsig KILL --no-new-privs prlimit … tool …</c>. Each of them replaces
/// itself by the next, so the process id stays; setsid makes it lead a process group, so that one signal ends
/// whatever it started.
/// </remarks>
public sealed class ToolRunner
{
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const int SignalCpu = 24;

    /// <summary>Runs a tool to its end.</summary>
    /// <param name="folder">Its current folder, its home and its temporary folder.</param>
    /// <param name="onLine">Receives each line of standard output, in order, on no particular thread; it must not block.</param>
    /// <returns>How it ended; a non-zero exit code is a result.</returns>
    /// <exception cref="ToolMissingException">The tool, or one of util-linux, is not installed.</exception>
    /// <exception cref="ToolTimeoutException">The wall clock ran out; the process group is dead.</exception>
    /// <exception cref="ToolKilledException">Something outside killed it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the process group is dead.</exception>
    public async Task<ToolResult> RunAsync(
        Tool tool, IReadOnlyList<string> arguments, WorkFolder folder, ToolLimits limits, CancellationToken cancellation, Action<string>? onLine = null)
    {
        cancellation.ThrowIfCancellationRequested();
        var started = Stopwatch.GetTimestamp();
        using var process = await ProcessLauncher.StartAsync(Command(tool, arguments, folder, limits));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(limits.WallClock);
        process.StandardInput.Close();

        var output = new OutputText(onLine);
        var errors = new ErrorTail();
        var reading = Task.WhenAll(
            PumpAsync(process.StandardOutput, output.Add),
            PumpAsync(process.StandardError, errors.Add));
        try
        {
            // A full output ends the run early: nothing reads on, and the tool would block on its pipe.
            var exited = process.WaitForExitAsync(stop.Token);
            await await Task.WhenAny(exited, output.Overflowed.WaitAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, reading);
            cancellation.ThrowIfCancellationRequested();
            throw new ToolTimeoutException(tool, limits.WallClock, errors.ToString());
        }

        await EndAsync(process, reading);
        output.Finish();
        var elapsed = Stopwatch.GetElapsedTime(started);
        var end = output.Overflowed.IsCompleted
            ? ToolEnd.TooMuchOutput
            : Classify(process.ExitCode, mayHaveSpentItsCpu: elapsed * Environment.ProcessorCount > limits.CpuTime) ?? throw new ToolKilledException(tool, process.ExitCode);
        return new ToolResult(end, process.ExitCode, output.ToString(), errors.ToString(), elapsed);
    }

    private static ProcessStartInfo Command(Tool tool, IReadOnlyList<string> arguments, WorkFolder folder, ToolLimits limits)
    {
        var cpuSeconds = (long)Math.Ceiling(limits.CpuTime.TotalSeconds);
        var start = new ProcessStartInfo(Tool.Setsid.Locate())
        {
            WorkingDirectory = folder.FolderPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        string[] confinement =
        [
            Tool.Setpriv.Locate(), "--pdeathsig", "KILL", "--no-new-privs",
            Tool.Prlimit.Locate(),
            $"--data={limits.MemoryBytes}",
            $"--as={limits.MemoryBytes + limits.ReservedAddressBytes}",
            $"--fsize={limits.FileBytes}",
            // The hard limit comes later than the soft one, so that its end tells a processor limit from a stray kill.
            $"--cpu={cpuSeconds}:{cpuSeconds + 5}",
            "--core=0",
            tool.Locate(),
        ];
        foreach (var argument in confinement.Concat(tool.LeadingArguments).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        // Connection strings and tokens of the app are none of a decoder's business.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["HOME"] = folder.FolderPath;
        start.Environment["TMPDIR"] = folder.FolderPath;
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

    /// <summary>Null: somebody else ended it.</summary>
    private static ToolEnd? Classify(int exitCode, bool mayHaveSpentItsCpu) => exitCode switch
    {
        128 + SignalCpu => ToolEnd.OutOfCpu,
        // ffmpeg catches SIGXCPU and SIGTERM alike, finishes its file as if asked to, and ends with 255.
        byte.MaxValue => mayHaveSpentItsCpu ? ToolEnd.OutOfCpu : null,
        128 + SignalKill or 128 + SignalTerminate => null,
        > 128 => ToolEnd.Crashed,
        _ => ToolEnd.Exited,
    };

    /// <summary>Kills what is left of the group, and waits until the process is gone and its pipes are read.</summary>
    private static async Task EndAsync(Process process, Task reading)
    {
        ProcessGroup.Kill(process);
        await process.WaitForExitAsync(CancellationToken.None);
        await reading;
    }

    private static async Task PumpAsync(StreamReader reader, Func<ReadOnlyMemory<char>, bool> sink)
    {
        var buffer = new char[4096];
        var wanted = true;
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            wanted = wanted && sink(buffer.AsMemory(0, count));
        }
    }
}
