using System.Text.RegularExpressions;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// Tells blob triggers of a write as soon as it happened, whoever wrote: Azurite's access log names every request that
/// it answered, the browser's upload and the app's own alike.
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
