using System.Text.Json.Serialization;
using Portico.Documents;

namespace App.Tests.Documents;

/// <summary>A document with every kind of property that the stores are asked to compare, order and patch.</summary>
public sealed record Note : IDocument
{
    public static readonly DocumentType<Note> Documents = new("notes", "/bookId", "note") { OrderedBy = ["at", "title", "author.name"] };

    public required string Id { get; init; }
    public required string BookId { get; init; }
    [JsonIgnore]
    public string PartitionKey => BookId;
    public string? Title { get; init; }
    public int Number { get; init; }
    public bool Done { get; init; }
    public NoteColour Colour { get; init; }
    public NoteAuthor? Author { get; init; }
    public DateTimeOffset? At { get; init; }
    public List<string> Lines { get; init; } = [];
    public Dictionary<string, long> Counts { get; init; } = [];
}

public enum NoteColour
{
    Yellow,
    PaleBlue,
}

public sealed record NoteAuthor(string Name, long Visits);

/// <summary>Another type in the same container and partitions.</summary>
public sealed record Bookmark(string Id, string BookId, string Target) : IDocument
{
    public static readonly DocumentType<Bookmark> Documents = new("notes", "/bookId", "bookmark");

    [JsonIgnore]
    public string PartitionKey => BookId;
}
