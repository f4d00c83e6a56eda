using System.Text.Json;
using System.Text.Json.Nodes;

namespace Portico.Documents.Sqlite;

/// <summary>Applies a patch to a document's JSON with Cosmos DB's meaning of each operation.</summary>
internal static class PatchedJson
{
    /// <exception cref="InvalidOperationException">
    /// A parent of a path is missing, an incremented property is no integer, or an array index is outside.
    /// </exception>
    public static string Apply(string json, DocumentPatch patch)
    {
        var root = JsonNode.Parse(json)!;
        foreach (var operation in patch.Operations)
        {
            var names = operation.Path[1..].Split('/').Select(n => n.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
            var parent = names[..^1].Aggregate((JsonNode?)root, (node, name) => Child(node, name, operation));
            switch (parent)
            {
                case JsonObject owner:
                    Apply(owner, names[^1], operation);
                    break;
                case JsonArray owner when Index(owner, names[^1]) is { } index:
                    Apply(owner, index, operation);
                    break;
                default:
                    throw new InvalidOperationException($"The parent of '{operation.Path}' does not exist.");
            }
        }

        return root.ToJsonString(DocumentJson.Options);
    }

    private static void Apply(JsonObject owner, string name, PatchOperation operation)
    {
        switch (operation.Kind)
        {
            case PatchKind.Set:
                owner[name] = Value(operation);
                break;
            case PatchKind.Remove:
                owner.Remove(name);
                break;
            case PatchKind.Increment:
                owner[name] = Sum(owner[name], operation);
                break;
        }
    }

    private static void Apply(JsonArray owner, int index, PatchOperation operation)
    {
        switch (operation.Kind)
        {
            case PatchKind.Set:
                owner[index] = Value(operation);
                break;
            case PatchKind.Remove:
                owner.RemoveAt(index);
                break;
            case PatchKind.Increment:
                owner[index] = Sum(owner[index], operation);
                break;
        }
    }

    private static JsonNode? Value(PatchOperation operation) =>
        operation.Value is null ? null : JsonSerializer.SerializeToNode(operation.Value, operation.Value.GetType(), DocumentJson.Options);

    private static JsonValue Sum(JsonNode? before, PatchOperation operation)
    {
        var by = (long)operation.Value!;
        return before switch
        {
            null => JsonValue.Create(by),
            JsonValue number when number.TryGetValue<long>(out var old) => JsonValue.Create(checked(old + by)),
            _ => throw new InvalidOperationException($"'{operation.Path}' is no integer."),
        };
    }

    private static JsonNode? Child(JsonNode? node, string name, PatchOperation operation) => node switch
    {
        JsonObject owner => owner[name],
        JsonArray owner when Index(owner, name) is { } index => owner[index],
        _ => throw new InvalidOperationException($"The parent of '{operation.Path}' does not exist."),
    };

    private static int? Index(JsonArray array, string name) =>
        int.TryParse(name, System.Globalization.NumberStyles.None, null, out var index) && index < array.Count ? index : null;
}
