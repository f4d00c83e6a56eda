using System.Collections.Concurrent;

namespace Portico.EmbeddedHost.Tests.Hosting;

/// <summary>What test functions report, and what tests make them do.</summary>
public sealed class Seen
{
    private readonly ConcurrentQueue<string> _events = new();
    private readonly SemaphoreSlim _added = new(0);

    public IReadOnlyCollection<string> All => _events;

    /// <summary>Held by a test to keep a function running.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(string what)
    {
        _events.Enqueue(what);
        _added.Release();
    }

    public int Count(string what) => _events.Count(seen => seen == what);

    /// <summary>Waits until something was seen so many times.</summary>
    /// <exception cref="TimeoutException">It was not, within the time.</exception>
    public async Task WaitForAsync(string what, int times = 1, int seconds = 20)
    {
        var deadline = DateTime.UtcNow.AddSeconds(seconds);
        while (Count(what) < times)
        {
            if (!await _added.WaitAsync(TimeSpan.FromMilliseconds(50)) && DateTime.UtcNow > deadline)
            {
                throw new TimeoutException($"'{what}' was seen {Count(what)} of {times} times. All: {string.Join(" | ", _events)}");
            }
        }
    }
}

/// <summary>A service of one invocation; reports its end.</summary>
public sealed class ScopedThing(Seen seen) : IDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public void Dispose() => seen.Add($"scope ended {Id}");
}
