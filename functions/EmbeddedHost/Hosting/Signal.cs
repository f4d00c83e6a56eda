using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>Asks a child process to end; <see cref="Process.Kill()"/> would not let it write what it holds.</summary>
internal static partial class Signal
{
    private const int SigTerm = 15;

    public static void Terminate(Process process)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                process.Kill(entireProcessTree: true);
            }
            else
            {
                _ = kill(process.Id, SigTerm);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between the check and the signal.
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);
}
