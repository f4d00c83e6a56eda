using System.Reflection;

namespace Portico.Documents;

/// <summary>A container as the document types in it declare it: what Cosmos DB has to be told before the first write.</summary>
/// <param name="Types">The types that share it, by their discriminators.</param>
/// <param name="OrderedBy">Property paths that lists of any of them are ordered by, besides <c>id</c>.</param>
public sealed record DocumentContainer(string Name, string PartitionKeyPath, IReadOnlyList<string> Types, IReadOnlyList<string> OrderedBy)
{
    /// <summary>The containers of every static field of type <see cref="DocumentType{T}"/> in these assemblies, by name.</summary>
    /// <exception cref="InvalidOperationException">Two types disagree about the partition key of the container they share.</exception>
    public static IReadOnlyList<DocumentContainer> DeclaredIn(params IEnumerable<Assembly> assemblies) =>
        [.. assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType.IsAssignableTo(typeof(IDocumentType)))
            .Select(field => (IDocumentType)field.GetValue(null)!)
            .GroupBy(type => type.Container, StringComparer.Ordinal)
            .OrderBy(types => types.Key, StringComparer.Ordinal)
            .Select(Of)];

    private static DocumentContainer Of(IGrouping<string, IDocumentType> types)
    {
        var keys = types.Select(type => type.PartitionKeyPath).Distinct(StringComparer.Ordinal).ToList();
        return keys.Count == 1
            ? new DocumentContainer(
                types.Key,
                keys[0],
                [.. types.Select(type => type.Type).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                [.. types.SelectMany(type => type.OrderedBy).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])
            : throw new InvalidOperationException($"The types in '{types.Key}' declare different partition keys: {string.Join(", ", keys)}.");
    }
}
