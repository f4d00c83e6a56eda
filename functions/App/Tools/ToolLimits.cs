namespace Portico.Tools;

/// <summary>How much of the machine one run of a tool may use. Every limit is held by the kernel, the wall clock by us.</summary>
/// <param name="MemoryBytes">
/// Writable private memory (RLIMIT_DATA): what the tool can really fill. RLIMIT_AS alone would count the gigabytes
/// of addresses that the .NET runtime reserves and never touches.
/// </param>
/// <param name="ReservedAddressBytes">Addresses beyond <paramref name="MemoryBytes"/> (RLIMIT_AS): code, files, reservations.</param>
/// <param name="FileBytes">Size of any one file it writes (RLIMIT_FSIZE).</param>
/// <param name="CpuTime">Processor time over all threads (RLIMIT_CPU). A file that needs more is at fault itself: never retried.</param>
/// <param name="WallClock">Then the process group is killed. A busy machine may be at fault: worth retrying.</param>
public sealed record ToolLimits(long MemoryBytes, long ReservedAddressBytes, long FileBytes, TimeSpan CpuTime, TimeSpan WallClock)
{
    /// <summary>Characters kept of standard output; a tool that says more is stopped.</summary>
    public const int MaxOutputCharacters = 1 << 20;

    /// <summary>Characters kept of standard error: its end, where the reason stands.</summary>
    public const int MaxErrorCharacters = 16 << 10;
}
