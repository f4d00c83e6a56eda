namespace Portico.Documents;

/// <summary>
/// Changes to single properties, in Cosmos DB's terms: paths are JSON pointers in camelCase
/// (<c>/progress/fraction</c>) whose parents exist.
/// </summary>
public sealed class DocumentPatch
{
    /// <summary>
    /// Cosmos DB's limit. A removal counts as two: Cosmos DB refuses to remove what is absent, so it is set before.
    /// </summary>
    public const int MaxOperations = 10;

    private readonly List<PatchOperation> _operations = [];
    private int _weight;

    public IReadOnlyList<PatchOperation> Operations => _operations;

    /// <summary>Sets the property, whether or not it exists.</summary>
    public DocumentPatch Set(string path, object? value) => Add(new PatchOperation(PatchKind.Set, path, value));

    /// <summary>Removes the property; absent is fine, as long as its parent exists.</summary>
    public DocumentPatch Remove(string path) => Add(new PatchOperation(PatchKind.Remove, path, null));

    /// <summary>Adds to an integer property; an absent one counts as zero.</summary>
    public DocumentPatch Increment(string path, long by) => Add(new PatchOperation(PatchKind.Increment, path, by));

    private DocumentPatch Add(PatchOperation operation)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation.Path);
        if (operation.Path[0] != '/')
        {
            throw new ArgumentException("A patch path starts with '/'.", nameof(operation));
        }

        _weight += operation.Kind == PatchKind.Remove ? 2 : 1;
        if (_weight > MaxOperations)
        {
            throw new InvalidOperationException($"A patch has at most {MaxOperations} operations; a removal counts as two.");
        }

        _operations.Add(operation);
        return this;
    }
}

public enum PatchKind
{
    Set,
    Remove,
    Increment,
}

public sealed record PatchOperation(PatchKind Kind, string Path, object? Value);
