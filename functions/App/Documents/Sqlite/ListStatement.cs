using System.Text;
using System.Text.Json;

namespace Portico.Documents.Sqlite;

/// <summary>
/// The SQL of one shape of <see cref="DocumentQuery"/>. Lists by id walk the primary key. Lists by a property
/// walk an index on that property's expression, made when the first such list of a container is asked for;
/// the index is partial, so only that container's writes pay for it. Equality filters are read off the rows
/// on the way: a partition is one campaign's or one link's day, thousands of rows and not millions.
/// </summary>
/// <param name="Sql">
/// <c>$1</c> partition, <c>$2</c> type, <c>$3</c> row limit, then filter values, then the position: the id, or
/// the ordered value twice and the id.
/// </param>
/// <param name="IndexDdl">What must be there before; null when the primary key serves.</param>
internal sealed record ListStatement(string Sql, string? IndexDdl)
{
    public static ListStatement For(string container, DocumentQuery query, IReadOnlyList<KeyValuePair<string, object>> filters, bool continues)
    {
        var byId = query.OrderBy == "id";
        var key = byId ? "id" : Extract(query.OrderBy);
        var index = $"document_{container}_{query.OrderBy}";
        var sql = new StringBuilder($"SELECT id, etag, json, {key} FROM document ");
        if (!byId)
        {
            // Without statistics the planner may prefer the primary key and a sort of the whole partition.
            sql.Append($"INDEXED BY \"{index}\" ");
        }

        // The container stands as a literal: a partial index serves only queries whose text implies its condition.
        sql.Append($"WHERE container = '{container}' AND partition = $1 AND type = $2");
        var parameter = 3;
        foreach (var (path, value) in filters)
        {
            // A filter on null takes its parameter as well, so that one text serves every filter on the same paths.
            sql.Append($" AND {Extract(path)} IS ${++parameter}");
        }

        if (!byId)
        {
            sql.Append($" AND {key} IS NOT NULL");
        }

        var after = query.Descending ? '<' : '>';
        if (continues && byId)
        {
            sql.Append($" AND id {after} ${++parameter}");
        }
        else if (continues)
        {
            sql.Append($" AND {key} {after}= ${++parameter} AND ({key} {after} ${++parameter} OR id {after} ${++parameter})");
        }

        var direction = query.Descending ? "DESC" : "ASC";
        sql.Append(byId ? $" ORDER BY id {direction}" : $" ORDER BY {key} {direction}, id {direction}");
        sql.Append(" LIMIT $3");
        return new ListStatement(sql.ToString(), byId
            ? null
            : $"CREATE INDEX IF NOT EXISTS \"{index}\" ON document (partition, type, {key}, id) WHERE container = '{container}'");
    }

    /// <summary>The value of a filter as SQLite's JSON functions yield it.</summary>
    public static object? Comparable(object? value)
    {
        if (value is null)
        {
            return null;
        }

        var element = JsonSerializer.SerializeToElement(value, value.GetType(), DocumentJson.Options);
        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => 1L,
            JsonValueKind.False => 0L,
            JsonValueKind.Number => element.TryGetInt64(out var integer) ? integer : element.GetDouble(),
            JsonValueKind.Null => null,
            _ => throw new ArgumentException("A filter compares with a string, a number, a boolean, a time or null."),
        };
    }

    /// <summary>Paths are checked by <see cref="DocumentShape.CheckPropertyPath"/>: letters, digits, dots.</summary>
    private static string Extract(string path) => $"json_extract(json, '$.{path}')";
}
