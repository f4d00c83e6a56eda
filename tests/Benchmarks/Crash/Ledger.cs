using System.Collections.Concurrent;

namespace CrashBenchmark;

/// <summary>
/// What clients know of what they wrote: numbers under names, each written by one client that counts upwards and repeats
/// a write until it is acknowledged.
/// </summary>
public sealed class Ledger
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new();
    private long _acknowledgements;

    public IEnumerable<KeyValuePair<string, Entry>> Entries => _entries;

    /// <summary>How many writes were acknowledged.</summary>
    public long Acknowledgements => Interlocked.Read(ref _acknowledgements);

    /// <summary>Before the write leaves.</summary>
    public void Sending(string name, long value) => Change(name, entry => entry with { Sent = value });

    /// <summary>After its acknowledgement came.</summary>
    public void Acknowledged(string name, long value)
    {
        Interlocked.Increment(ref _acknowledgements);
        Change(name, entry => entry with { Acknowledged = value });
    }

    /// <summary>Somebody was told of this value over the hub, or read it.</summary>
    public void Shown(string name, long value) => Change(name, entry => entry with { Shown = Math.Max(entry.Shown, value) });

    public Entry Of(string name) => _entries.GetValueOrDefault(name) ?? new(0, 0, 0);

    private void Change(string name, Func<Entry, Entry> change) => _entries.AddOrUpdate(name, _ => change(new(0, 0, 0)), (_, entry) => change(entry));

    /// <param name="Sent">The highest value that left.</param>
    /// <param name="Acknowledged">The highest that was acknowledged, 0 for none.</param>
    /// <param name="Shown">The highest that anybody was shown, 0 for none.</param>
    public sealed record Entry(long Sent, long Acknowledged, long Shown);
}
