using System.Text;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace Portico.Documents.Cosmos;

/// <summary>
/// The query of one page. It continues by value, after the last document's ordered property and id, rather than by the
/// SDK's continuation: that one is as long as it likes, belongs to one page size, and goes stale.
/// </summary>
internal static class CosmosList
{
    /// <summary>One type's documents of every partition.</summary>
    public static QueryDefinition All(string type) => new QueryDefinition("SELECT * FROM c WHERE c[\"type\"] = @type").WithParameter("@type", type);

    public static QueryDefinition Of(string type, DocumentQuery query, IReadOnlyList<KeyValuePair<string, object>> filters, ListPosition? position)
    {
        var parameters = new List<(string Name, object Value)> { ("@type", type) };
        var sql = new StringBuilder("SELECT * FROM c WHERE c[\"type\"] = @type");
        for (var i = 0; i < filters.Count; i++)
        {
            var path = Path(filters[i].Key);
            if (filters[i].Value is { } value)
            {
                sql.Append($" AND {path} = @equal{i}");
                parameters.Add(($"@equal{i}", Comparable(value)));
            }
            else
            {
                // A filter on null means "has none", and what has none is left out of our JSON.
                sql.Append($" AND (NOT IS_DEFINED({path}) OR IS_NULL({path}))");
            }
        }

        var key = Path(query.OrderBy);
        var byId = query.OrderBy == "id";
        if (!byId)
        {
            sql.Append($" AND IS_DEFINED({key}) AND NOT IS_NULL({key})");
        }

        var after = query.Descending ? '<' : '>';
        if (position is not null)
        {
            sql.Append(byId ? $" AND {key} {after} @id" : $" AND {key} {after}= @after AND ({key} {after} @after OR {Path("id")} {after} @id)");
            parameters.Add(("@id", position.Id));
            if (!byId)
            {
                parameters.Add(("@after", position.OrderedValue()));
            }
        }

        var direction = query.Descending ? "DESC" : "ASC";
        sql.Append(byId ? $" ORDER BY {key} {direction}" : $" ORDER BY {key} {direction}, {Path("id")} {direction}");
        return parameters.Aggregate(new QueryDefinition(sql.ToString()), (definition, p) => definition.WithParameter(p.Name, p.Value));
    }

    /// <summary>A filter's value as JSON holds it.</summary>
    /// <exception cref="ArgumentException">It is no string, number, boolean or time.</exception>
    public static object Comparable(object value)
    {
        var element = JsonSerializer.SerializeToElement(value, value.GetType(), DocumentJson.Options);
        return element.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
            ? element
            : throw new ArgumentException("A filter compares with a string, a number, a boolean, a time or null.");
    }

    /// <summary>The property that a page continues after.</summary>
    public static JsonElement? OrderedValue(JsonElement item, string orderBy) =>
        orderBy == "id" ? null : orderBy.Split('.').Aggregate(item, (owner, name) => owner.GetProperty(name)).Clone();

    /// <summary>Names in brackets: some of ours are words of the language (<c>value</c>, <c>order</c>).</summary>
    private static string Path(string path) => $"c[\"{path.Replace(".", "\"][\"", StringComparison.Ordinal)}\"]";
}
