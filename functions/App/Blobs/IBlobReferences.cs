using Microsoft.DurableTask.Client;

namespace Portico.Blobs;

/// <summary>A capability whose documents promise blobs, and which knows how to make good when one is lost.</summary>
public interface IBlobReferences
{
    /// <summary>
    /// Documents that promise a public blob which is not among <paramref name="publicPaths"/>, and those that only a
    /// repair can take further. A suspicion: what is written meanwhile may look lost.
    /// </summary>
    IAsyncEnumerable<LostBlobs> FindLostAsync(IReadOnlySet<string> publicPaths, CancellationToken cancellation);

    /// <summary>Looks again and makes good what is still amiss. Safe to repeat, and to run beside everything else.</summary>
    Task<RepairOutcome> RepairAsync(LostBlobs lost, DurableTaskClient orchestrations, CancellationToken cancellation);
}

/// <summary>The document that something is amiss with.</summary>
public sealed record LostBlobs(string PartitionKey, string Id);

public enum RepairOutcome
{
    /// <summary>All is there: it was being written, or has been repaired.</summary>
    Intact,

    /// <summary>Written anew.</summary>
    Restored,

    /// <summary>It is being made again from its source.</summary>
    Restarted,

    /// <summary>Gone for good; the document says so.</summary>
    Lost,
}
