using System.Collections.Concurrent;

namespace CrashBenchmark;

/// <summary>What was found wrong while the load ran. What the verifier finds afterwards is added to it.</summary>
public sealed class Findings
{
    private readonly ConcurrentQueue<string> _all = new();

    public IReadOnlyCollection<string> All => _all;

    public void Add(string finding) => _all.Enqueue(finding);
}
