namespace Portico.Documents;

/// <summary>
/// Sortable ids: a prefix that tells the kind, then a UUIDv7 in 26 characters of Crockford's base 32,
/// which sort by creation time as text. Ids of child documents embed their partition key
/// (<c>ast_{project}.{own}</c>), so that one id is enough for a point read.
/// </summary>
public static class DocumentId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 26;

    /// <summary>A fresh id: <c>prj_01j…</c>.</summary>
    public static string New(string prefix, TimeProvider clock) => $"{prefix}_{Encode(Guid.CreateVersion7(clock.GetUtcNow()))}";

    /// <summary>A fresh id of a child of <paramref name="parentId"/>: <c>ast_{parent's own part}.{own}</c>.</summary>
    public static string NewChild(string prefix, string parentId, TimeProvider clock) =>
        $"{prefix}_{Own(parentId)}.{Encode(Guid.CreateVersion7(clock.GetUtcNow()))}";

    /// <summary>The parent's id inside a child's, or false when <paramref name="childId"/> has not that form.</summary>
    public static bool TryParent(string childId, string prefix, string parentPrefix, out string parentId)
    {
        parentId = "";
        var start = prefix.Length + 1;
        if (childId.Length != start + Length + 1 + Length
            || !childId.StartsWith(prefix, StringComparison.Ordinal)
            || childId[prefix.Length] != '_'
            || childId[start + Length] != '.'
            || !IsOwn(childId.AsSpan(start, Length))
            || !IsOwn(childId.AsSpan(start + Length + 1)))
        {
            return false;
        }

        parentId = $"{parentPrefix}_{childId.AsSpan(start, Length)}";
        return true;
    }

    /// <summary>Whether <paramref name="id"/> is an id of this prefix without a parent.</summary>
    public static bool IsValid(string id, string prefix) =>
        id.Length == prefix.Length + 1 + Length
        && id.StartsWith(prefix, StringComparison.Ordinal)
        && id[prefix.Length] == '_'
        && IsOwn(id.AsSpan(prefix.Length + 1));

    private static string Own(string id) => id[(id.IndexOf('_') + 1)..];

    private static bool IsOwn(ReadOnlySpan<char> text) => text.Length == Length && text.IndexOfAnyExcept(Alphabet) < 0;

    private static string Encode(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[Length];
        for (var i = Length - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }

        return new string(text);
    }
}
