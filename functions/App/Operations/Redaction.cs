using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Portico.Operations;

/// <summary>
/// Takes out of inputs, statuses and exception texts what opens something: signatures of URLs, keys of connection strings,
/// bearer tokens, and members whose name says that they are a secret. An operator needs none of it.
/// </summary>
public static partial class Redaction
{
    private const string Removed = "[redacted]";

    /// <summary>JSON as a history keeps it, without secrets; text that is no JSON is redacted as text.</summary>
    public static JsonNode? Json(string? serialized)
    {
        if (serialized is null)
        {
            return null;
        }

        try
        {
            return Clean(JsonNode.Parse(serialized));
        }
        catch (JsonException)
        {
            return Text(serialized);
        }
    }

    /// <summary>Free text without secrets, cut to <paramref name="maxLength"/> characters.</summary>
    public static string Text(string text, int maxLength = 16_000)
    {
        var clean = Token().Replace(Assignment().Replace(text, $"$1{Removed}"), Removed);
        return clean.Length <= maxLength ? clean : clean[..maxLength] + "…";
    }

    private static JsonNode? Clean(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, SecretName().IsMatch(member.Key) && member.Value is not null ? Removed : Clean(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Clean)]),
        JsonValue value when value.TryGetValue<string>(out var text) => Text(text),
        _ => node?.DeepClone(),
    };

    // A name that ends so names a secret; "tokenCount" or "keypoints" name none.
    [GeneratedRegex("(password|passwordHash|secret|token|apiKey|accountKey|accessKey|signingKey|privateKey|connectionString|signature|sas|authorization|cookie)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    // sig=… of a SAS, AccountKey=…; of a connection string, access_token=… of a hub, Password=…
    [GeneratedRegex(@"((?:^|[?&;\s""'])(?:sig|AccountKey|AccessKey|SharedAccessKey|SharedAccessSignature|access_token|password|pwd)=|[?&]code=)[^&;\s""']+", RegexOptions.IgnoreCase)]
    private static partial Regex Assignment();

    // Bearer credentials, and anything of the form of a JWT.
    [GeneratedRegex(@"(?<=Bearer\s)[A-Za-z0-9._~+/=-]+|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", RegexOptions.IgnoreCase)]
    private static partial Regex Token();
}
