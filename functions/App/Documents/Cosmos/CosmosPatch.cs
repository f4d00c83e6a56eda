using System.Text.Json;
using Microsoft.Azure.Cosmos;
using SdkOperation = Microsoft.Azure.Cosmos.PatchOperation;

namespace Portico.Documents.Cosmos;

/// <summary>A patch in the SDK's terms.</summary>
internal static class CosmosPatch
{
    /// <summary>
    /// The operations. Cosmos DB answers 400 to the removal of what is absent, so each removal is preceded by a set of the
    /// same path: in an object the property then exists, in an array the index had to anyway.
    /// </summary>
    public static IReadOnlyList<SdkOperation> Operations(DocumentPatch patch) => [.. patch.Operations.SelectMany(Operations)];

    /// <summary>Only documents of this type are patched; another one answers 412.</summary>
    public static string OfType(string type) => $"FROM c WHERE c[\"type\"] = \"{JsonEncodedText.Encode(type)}\"";

    private static IEnumerable<SdkOperation> Operations(PatchOperation operation) => operation.Kind switch
    {
        PatchKind.Set => [SdkOperation.Set(operation.Path, Value(operation))],
        PatchKind.Remove => [SdkOperation.Set(operation.Path, Value(operation)), SdkOperation.Remove(operation.Path)],
        PatchKind.Increment => [SdkOperation.Increment(operation.Path, (long)operation.Value!)],
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, null),
    };

    private static JsonElement Value(PatchOperation operation) =>
        JsonSerializer.SerializeToElement(operation.Value, operation.Value?.GetType() ?? typeof(object), DocumentJson.Options);
}
