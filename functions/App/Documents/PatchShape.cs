using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Portico.Documents;

/// <summary>
/// Whether a patch can leave a document that its type can still read, told from the type alone: Cosmos DB applies a patch
/// where nobody knows our types, so that a poisoned document would be noticed by its next reader.
/// </summary>
internal static class PatchShape
{
    /// <exception cref="InvalidOperationException">An increment of what is no whole number.</exception>
    /// <exception cref="JsonException">A value that the property can't hold, or the removal of a required property.</exception>
    public static void Check(DocumentPatch patch, Type clrType)
    {
        foreach (var operation in patch.Operations)
        {
            Check(operation, clrType);
        }
    }

    private static void Check(PatchOperation operation, Type clrType)
    {
        var type = clrType;
        var isRequired = false;
        foreach (var name in operation.Path[1..].Split('/'))
        {
            var info = DocumentJson.Options.GetTypeInfo(type);
            if (info.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
            {
                (type, isRequired) = (info.ElementType!, false);
            }
            else if (info.Kind == JsonTypeInfoKind.Object && info.Properties.FirstOrDefault(p => p.Name == Unescaped(name)) is { } property)
            {
                (type, isRequired) = (property.PropertyType, property.IsRequired);
            }
            else
            {
                // Not a property that anyone reads; whether its parent exists is the store's to say.
                return;
            }
        }

        switch (operation.Kind)
        {
            case PatchKind.Set:
                JsonSerializer.SerializeToElement(operation.Value, operation.Value?.GetType() ?? typeof(object), DocumentJson.Options).Deserialize(type, DocumentJson.Options);
                break;
            case PatchKind.Remove when isRequired:
                throw new JsonException($"'{operation.Path}' is required: without it the document could not be read.");
            case PatchKind.Increment when (Nullable.GetUnderlyingType(type) ?? type) is var number && number != typeof(long) && number != typeof(int):
                throw new InvalidOperationException($"'{operation.Path}' is no integer.");
        }
    }

    private static string Unescaped(string name) => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
