using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// A blob path with named parts, such as <c>uploads/{project}/{asset}/source</c>. A part matches within one folder; a
/// part that ends the pattern matches across folders, as in Azure.
/// </summary>
internal sealed partial class BlobPattern
{
    private readonly Regex _blob;
    private readonly string[] _names;

    /// <exception cref="FormatException">There is no container, or the container has named parts.</exception>
    public BlobPattern(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == path.Length - 1 || path[..slash].Contains('{', StringComparison.Ordinal))
        {
            throw new FormatException($"'{path}' is not a blob path: expected container/name, with named parts in the name only.");
        }

        Container = path[..slash];
        var name = path[(slash + 1)..];
        var brace = name.IndexOf('{', StringComparison.Ordinal);
        Prefix = brace < 0 ? name : name[..brace];
        _names = [.. NamedPart().Matches(name).Select(part => part.Groups[1].Value)];
        _blob = new Regex($"^{Expression(name)}$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    public string Container { get; }

    /// <summary>What every matching name starts with: narrows a listing.</summary>
    public string Prefix { get; }

    /// <summary>The named parts of <paramref name="blob"/>, or null when it does not match.</summary>
    public IReadOnlyDictionary<string, string>? Match(string container, string blob)
    {
        if (container != Container)
        {
            return null;
        }

        var match = _blob.Match(blob);
        return match.Success ? _names.ToDictionary(name => name, name => match.Groups[name].Value, StringComparer.OrdinalIgnoreCase) : null;
    }

    /// <summary>The pattern's path with its parts filled in from <paramref name="data"/>.</summary>
    /// <exception cref="FormatException">A part has no value.</exception>
    public static (string Container, string Blob) Fill(string path, IReadOnlyDictionary<string, object?> data)
    {
        var filled = NamedPart().Replace(path, part =>
            data.TryGetValue(part.Groups[1].Value, out var value) && value is not null
                ? Convert.ToString(value, CultureInfo.InvariantCulture)!
                : throw new FormatException($"'{path}': the trigger has no value named '{part.Groups[1].Value}'."));
        var slash = filled.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? (filled[..slash], filled[(slash + 1)..]) : throw new FormatException($"'{path}' is not a blob path.");
    }

    private static string Expression(string name)
    {
        var expression = new StringBuilder();
        var literal = 0;
        foreach (Match part in NamedPart().Matches(name))
        {
            var end = part.Index + part.Length;
            expression.Append(Regex.Escape(name[literal..part.Index])).Append(CultureInfo.InvariantCulture, $"(?<{part.Groups[1].Value}>{(end == name.Length ? ".+" : "[^/]+")})");
            literal = end;
        }

        return expression.Append(Regex.Escape(name[literal..])).ToString();
    }

    [GeneratedRegex(@"\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex NamedPart();
}
