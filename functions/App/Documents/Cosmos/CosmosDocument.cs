using System.Text;
using System.Text.Json;

namespace Portico.Documents.Cosmos;

/// <summary>A document as it lies in a container: ours, with the discriminator <c>type</c> before it and Cosmos DB's own properties behind.</summary>
internal static class CosmosDocument
{
    /// <summary>The body of a write.</summary>
    /// <param name="json">From <see cref="DocumentShape.Serialize(IDocument, Type)"/>: an object that is not empty.</param>
    public static MemoryStream Body(string type, string json) =>
        new(Encoding.UTF8.GetBytes($"{{\"type\":\"{JsonEncodedText.Encode(type)}\",{json.AsSpan(1)}"), writable: false);

    /// <summary>The document when it is of this type, else null.</summary>
    public static Stored<T>? As<T>(JsonElement item, string type)
        where T : class, IDocument =>
        item.TryGetProperty("type", out var found) && found.ValueEquals(type)
            ? new Stored<T>(item.Deserialize<T>(DocumentJson.Options)!, Plain(item.GetProperty("_etag").GetString()!))
            : null;

    /// <summary>Cosmos DB quotes ETags, also inside its JSON; ours go without.</summary>
    public static string Plain(string etag) => etag.Trim('"');

    public static string? Quoted(string? etag) => etag is null ? null : $"\"{etag}\"";
}
