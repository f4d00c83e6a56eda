using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Portico.Documents;

/// <summary>
/// Where a page ended: the ordered value and the id of its last document. It belongs to one query, whose
/// fingerprint it carries. It is no secret and needs no signature: the worst a forged one does is to start
/// elsewhere in the partition that its caller may list anyway.
/// </summary>
/// <param name="Query">Fingerprint of container, partition, type, filters and order.</param>
/// <param name="Value">Text, integer or real; null when the order is by id.</param>
internal sealed record ListPosition(string Query, JsonElement? Value, string Id)
{
    private const int MaxTokenLength = 8192;

    public static string Fingerprint(string container, string partitionKey, string type, DocumentQuery query, IEnumerable<object?> filters)
    {
        var text = JsonSerializer.Serialize(new object?[] { container, partitionKey, type, query.OrderBy, query.Descending, filters });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    public string ToToken() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    /// <exception cref="InvalidContinuationException">The token is not one of this query's.</exception>
    public static ListPosition Parse(string token, string fingerprint)
    {
        try
        {
            if (token.Length <= MaxTokenLength
                && JsonSerializer.Deserialize<ListPosition>(Base64Url.DecodeFromChars(token)) is { Id: not null } position
                && position.Query == fingerprint)
            {
                return position;
            }
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
        }

        throw new InvalidContinuationException();
    }

    /// <summary>The ordered value: text, a whole number or another.</summary>
    /// <exception cref="InvalidContinuationException">The token was tampered with.</exception>
    public object OrderedValue() => Value switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var integer) ? integer : number.GetDouble(),
        _ => throw new InvalidContinuationException(),
    };
}
