namespace Portico.Documents;

/// <summary>
/// Changes to single properties, in Cosmos DB's terms: paths are JSON pointers in camelCase
/// (<c>/progress/fraction</c>) whose parents exist.
/// </summary>
public sealed class DocumentPatch
{
    /// <summary>Cosmos DB's limit.</summary>
    public const int MaxOperations = 10;

    private readonly List<PatchOperation> _operations = [];

    public IReadOnlyList<PatchOperation> Operations => _operations;

    /// <summary>Sets the property, whether or not it exists.</summary>
    public DocumentPatch Set(string path, object? value) => Add(new PatchOperation(PatchKind.Set, path, value));

    /// <summary>Removes the property; absent is fine.</summary>
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

        if (_operations.Count == MaxOperations)
        {
            throw new InvalidOperationException($"A patch has at most {MaxOperations} operations.");
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
