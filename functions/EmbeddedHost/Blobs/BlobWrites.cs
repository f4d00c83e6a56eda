using System.Text.RegularExpressions;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// Tells blob triggers of a write as soon as it happened. The host's own Azurite says who wrote what in its access log:
/// the browser's upload and the app's own alike. Of an account that the host did not start, it hears only of what passes
/// through <see cref="BlobProxy"/>; the sweep finds the rest.
/// </summary>
internal sealed partial class BlobWrites
{
    /// <summary>A blob has a new version. Raised on Azurite's output thread: do not block.</summary>
    public event Action<string, string>? Written;

    /// <summary>Takes one line, such as <c>127.0.0.1 - - [date] "PUT /account/container/blob?sas HTTP/1.1" 201 -</c>.</summary>
    public void ReadAccessLog(string line)
    {
        var match = CompletedWrite().Match(line);
        if (match.Success && IsWholeBlob(match.Groups["query"].ValueSpan))
        {
            Written?.Invoke(Uri.UnescapeDataString(match.Groups["container"].Value), Uri.UnescapeDataString(match.Groups["blob"].Value));
        }
    }

    /// <summary>A PUT of this blob with this query (with or without its question mark) has succeeded.</summary>
    public void Passed(string container, string blob, string query)
    {
        if (IsWholeBlob(query.AsSpan().TrimStart('?')))
        {
            Written?.Invoke(container, blob);
        }
    }

    // Put Blob and Copy Blob have no comp, Put Block List commits one; single blocks, metadata and the like make no version to act on.
    private static bool IsWholeBlob(ReadOnlySpan<char> query)
    {
        foreach (var range in query.Split('&'))
        {
            var part = query[range];
            if (part.StartsWith("restype=") || (part.StartsWith("comp=") && !part.SequenceEqual("comp=blocklist")))
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex("""
        "PUT /[^/ ]+/(?<container>[^/? ]+)/(?<blob>[^? ]+)(?:\?(?<query>[^ ]*))? HTTP/1\.\d" 20[12] 
        """)]
    private static partial Regex CompletedWrite();
}
