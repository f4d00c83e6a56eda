namespace Portico.Documents;

/// <summary>
/// Writes that become durable together or not at all, in one partition of one container. Its documents have at most
/// 2 MB together.
/// </summary>
public sealed class DocumentBatch(string container, string partitionKey)
{
    /// <summary>Cosmos DB's limit.</summary>
    public const int MaxOperations = 100;

    private readonly List<BatchOperation> _operations = [];

    public string Container { get; } = container;

    public string PartitionKey { get; } = partitionKey;

    public IReadOnlyList<BatchOperation> Operations => _operations;

    public DocumentBatch Create<T>(DocumentType<T> type, T document)
        where T : class, IDocument => Add(type, new BatchOperation(BatchKind.Create, type.Type, document.Id, document, typeof(T), null, null), document.PartitionKey);

    public DocumentBatch Replace<T>(DocumentType<T> type, T document, string? ifMatch = null)
        where T : class, IDocument => Add(type, new BatchOperation(BatchKind.Replace, type.Type, document.Id, document, typeof(T), null, ifMatch), document.PartitionKey);

    public DocumentBatch Upsert<T>(DocumentType<T> type, T document)
        where T : class, IDocument => Add(type, new BatchOperation(BatchKind.Upsert, type.Type, document.Id, document, typeof(T), null, null), document.PartitionKey);

    public DocumentBatch Patch<T>(DocumentType<T> type, string id, DocumentPatch patch, string? ifMatch = null)
        where T : class, IDocument => Add(type, new BatchOperation(BatchKind.Patch, type.Type, id, null, typeof(T), patch, ifMatch), PartitionKey);

    public DocumentBatch Delete<T>(DocumentType<T> type, string id, string? ifMatch = null)
        where T : class, IDocument => Add(type, new BatchOperation(BatchKind.Delete, type.Type, id, null, typeof(T), null, ifMatch), PartitionKey);

    private DocumentBatch Add<T>(DocumentType<T> type, BatchOperation operation, string partitionKey)
        where T : class, IDocument
    {
        if (type.Container != Container || partitionKey != PartitionKey)
        {
            throw new ArgumentException("Every operation of a batch is in its container and partition.");
        }

        if (_operations.Count == MaxOperations)
        {
            throw new InvalidOperationException($"A batch has at most {MaxOperations} operations.");
        }

        _operations.Add(operation);
        return this;
    }
}

public enum BatchKind
{
    Create,
    Replace,
    Upsert,
    Patch,
    Delete,
}

/// <summary>One write of a batch; <paramref name="Document"/> or <paramref name="Patch"/> as its kind needs.</summary>
public sealed record BatchOperation(BatchKind Kind, string Type, string Id, IDocument? Document, Type ClrType, DocumentPatch? Patch, string? IfMatch);

/// <summary>
/// <see cref="WriteOutcome.Written"/> when all stands; otherwise the outcome of the first operation that
/// could not be applied, and its index. Nothing was written then.
/// </summary>
public sealed record BatchResult(WriteOutcome Outcome, int FailedIndex = -1);
