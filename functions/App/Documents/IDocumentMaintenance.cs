namespace Portico.Documents;

/// <summary>
/// For jobs that must see every document of a type: the reconciler, back-up, erasure. Reads across all
/// partitions, which costs accordingly: never for a request.
/// </summary>
public interface IDocumentMaintenance
{
    /// <summary>
    /// Every document of the type that exists from beginning to end of the enumeration; what is written
    /// meanwhile may or may not appear.
    /// </summary>
    IAsyncEnumerable<Stored<T>> AllAsync<T>(DocumentType<T> type, CancellationToken cancellation)
        where T : class, IDocument;
}
