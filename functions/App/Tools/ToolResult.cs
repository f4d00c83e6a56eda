namespace Portico.Tools;

/// <summary>How a tool ended, when it ended by itself or by a limit that its input is to blame for.</summary>
public enum ToolEnd
{
    /// <summary>By its own exit code.</summary>
    Exited,

    /// <summary>By a signal that it brought upon itself: a crash, an abort for lack of memory, a file over the size limit.</summary>
    Crashed,

    /// <summary>By the processor-time limit.</summary>
    OutOfCpu,

    /// <summary>Stopped because it wrote more to standard output than is kept.</summary>
    TooMuchOutput,
}

/// <param name="ExitCode">128 + signal after a signal.</param>
/// <param name="Output">Standard output; empty when lines went to a callback.</param>
/// <param name="Errors">The last characters of standard error. For logs, never for users.</param>
public sealed record ToolResult(ToolEnd End, int ExitCode, string Output, string Errors, TimeSpan Elapsed)
{
    public bool Succeeded => End == ToolEnd.Exited && ExitCode == 0;
}

/// <summary>A program is not installed. Retrying helps once somebody has installed it.</summary>
public sealed class ToolMissingException(Tool tool)
    : Exception($"{tool.Name} is not installed. On Debian and Ubuntu: apt-get install {tool.DebianPackage}")
{
    public string DebianPackage { get; } = tool.DebianPackage;
}

/// <summary>A tool ran past its wall clock and was killed. The machine may have been busy: worth retrying.</summary>
public sealed class ToolTimeoutException(Tool tool, TimeSpan limit, string errors)
    : TimeoutException($"{tool.Name} was stopped after {limit.TotalSeconds:0} s. Its last words: {errors}");

/// <summary>Somebody else killed a tool (the kernel, short of memory; an operator): worth retrying.</summary>
public sealed class ToolKilledException(Tool tool, int exitCode)
    : Exception($"{tool.Name} was killed from outside (exit code {exitCode}).");
