using System.Text.Json.Serialization;

namespace Portico.Documents;

/// <summary>
/// What every stored document has. Implementations are immutable records that serialise to camelCase JSON;
/// the partition key is one of their own properties, so that both stores can index it.
/// </summary>
public interface IDocument
{
    /// <summary>Unique within the partition; sortable by creation (see <see cref="DocumentId"/>).</summary>
    string Id { get; }

    /// <summary>Value of the property that <see cref="DocumentType{T}.PartitionKeyPath"/> names.</summary>
    [JsonIgnore]
    string PartitionKey { get; }
}

/// <summary>Where documents of type <typeparamref name="T"/> live.</summary>
/// <param name="Container">The Cosmos container, and the SQLite key prefix: <c>assets</c>.</param>
/// <param name="PartitionKeyPath">Path of the partition key inside the JSON: <c>/projectId</c>.</param>
/// <param name="Type">Discriminator, stored as <c>type</c>, for containers whose partitions hold several types.</param>
public sealed record DocumentType<T>(string Container, string PartitionKeyPath, string Type) : IDocumentType
    where T : class, IDocument
{
    /// <summary>
    /// Property paths besides <c>id</c> that lists may be ordered by (<c>createdAt</c>, <c>author.name</c>): Cosmos DB needs
    /// an index for each, made with the container.
    /// </summary>
    public IReadOnlyList<string> OrderedBy { get; init; } = [];
}

/// <summary>What a <see cref="DocumentType{T}"/> says about its container.</summary>
public interface IDocumentType
{
    string Container { get; }

    string PartitionKeyPath { get; }

    string Type { get; }

    IReadOnlyList<string> OrderedBy { get; }
}

/// <summary>A document as read, with the version it was read at.</summary>
/// <param name="Document">What is stored.</param>
/// <param name="ETag">Opaque, without quotes, changed by every write and never used again.</param>
public sealed record Stored<T>(T Document, string ETag)
    where T : class, IDocument;
