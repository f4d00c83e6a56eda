using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Portico.Http;

/// <summary>
/// Reads a JSON object into <typeparamref name="T"/>: a record whose members are all optional, so that every
/// missing one can be named. Unknown members and wrong types are refused by name, all of them at once.
/// </summary>
public sealed record JsonBody<T>(T? Value, IResult? Problem)
    where T : class
{
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out IResult? problem)
    {
        value = Value;
        problem = Problem;
        return value is not null;
    }
}

/// <inheritdoc cref="JsonBody{T}"/>
public static class JsonBody
{
    public const int DefaultMaxBytes = 1 << 20;
    private const int MaxDepth = 16;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Binding = new(JsonSerializerDefaults.Web)
    {
        MaxDepth = MaxDepth,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>The request's body, at most 1 MiB of <c>application/json</c>.</summary>
    public static async Task<JsonBody<T>> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
        where T : class
    {
        var body = await ReadBytesAsync(request, DefaultMaxBytes, cancellation);
        return body.Problem is null ? Bind<T>(body.Bytes) : new(null, body.Problem);
    }

    /// <summary>
    /// <paramref name="current"/> after the request's JSON merge patch, bound as strictly as a whole body.
    /// <paramref name="current"/> holds what a client may edit and nothing else.
    /// </summary>
    public static async Task<JsonBody<T>> ReadPatchAsync<T>(HttpRequest request, T current, CancellationToken cancellation)
        where T : class
    {
        var body = await ReadBytesAsync(request, DefaultMaxBytes, cancellation);
        if (body.Problem is not null)
        {
            return new(null, body.Problem);
        }

        // The patch is bound by itself first: an unknown member set to null would vanish in the merge unseen.
        var patch = Bind<T>(body.Bytes);
        if (patch.Problem is not null)
        {
            return patch;
        }

        var merged = MergePatch.Apply(JsonSerializer.SerializeToNode(current, ApiJson.Options), JsonNode.Parse(body.Bytes.Span));
        return Bind<T>(JsonSerializer.SerializeToUtf8Bytes(merged));
    }

    /// <summary>The body's bytes, if it is JSON by its own account and not larger than allowed.</summary>
    /// <param name="alsoText">Accept <c>text/plain</c> too: what <c>sendBeacon</c> sends without a preflight.</param>
    public static async Task<(ReadOnlyMemory<byte> Bytes, IResult? Problem)> ReadBytesAsync(HttpRequest request, int maxBytes, CancellationToken cancellation, bool alsoText = false)
    {
        if (request.ContentLength > maxBytes)
        {
            return (default, TooLarge(maxBytes));
        }

        var buffer = new byte[(int)Math.Min(maxBytes + 1L, Math.Max(request.ContentLength + 1 ?? 4096, 256))];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length > maxBytes)
                {
                    return (default, TooLarge(maxBytes));
                }

                Array.Resize(ref buffer, Math.Min(maxBytes + 1, buffer.Length * 2));
            }

            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        if (length > maxBytes)
        {
            return (default, TooLarge(maxBytes));
        }

        if (length == 0)
        {
            return (default, Http.Problem.Of(ErrorCatalogue.EmptyBody));
        }

        return IsJson(request, alsoText) ? (buffer.AsMemory(0, length), null) : (default, Http.Problem.Of(ErrorCatalogue.UnsupportedMediaType));
    }

    /// <summary>Binds UTF-8 JSON.</summary>
    public static JsonBody<T> Bind<T>(ReadOnlyMemory<byte> utf8)
        where T : class
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            // The parser would take it, and throw where a name is read.
            return new(null, Http.Problem.Of(ErrorCatalogue.InvalidJson, "The body is not UTF-8."));
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException failure)
        {
            return new(null, Http.Problem.Of(ErrorCatalogue.InvalidJson, $"Line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}."));
        }

        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair is well-formed JSON that can't be read as text.
            return new(null, Http.Problem.Of(ErrorCatalogue.InvalidJson));
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return new(null, Http.Problem.Of(ErrorCatalogue.InvalidJson, "The body must be a JSON object."));
            }

            var errors = new FieldErrors();
            var members = Binding.GetTypeInfo(typeof(T)).Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (!members.TryGetValue(member.Name, out var property))
                {
                    errors.Add(Shown(member.Name), "Unknown field.");
                }
                else
                {
                    CheckMember(member.Value, member.Name, property.PropertyType, errors);
                }
            }

            return errors.Any ? new(null, errors.ToProblem()) : new(document.Deserialize<T>(Binding)!, null);
        }
    }

    private static void CheckMember(JsonElement value, string name, Type type, FieldErrors errors)
    {
        try
        {
            value.Deserialize(type, Binding);
        }
        catch (JsonException failure)
        {
            var path = name + (failure.Path is { Length: > 1 } inner ? inner[1..] : "");
            errors.Add(Shown(path), path == name ? $"Must be {Expected(type)}." : "Unknown field, or of the wrong type.");
        }
    }

    private static string Expected(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) ? "text"
            : plain == typeof(bool) ? "true or false"
            : plain == typeof(DateTimeOffset) ? "an RFC 3339 time"
            : plain.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(plain).Select(JsonNamingPolicy.CamelCase.ConvertName))
            : plain == typeof(int) || plain == typeof(long) ? "a whole number"
            : plain == typeof(double) ? "a number"
            : typeof(System.Collections.IEnumerable).IsAssignableFrom(plain) ? "a list"
            : "an object";
    }

    private static bool IsJson(HttpRequest request, bool alsoText)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        return type is "application/json" or "application/merge-patch+json" || (alsoText && type is "text/plain");
    }

    // A hostile member name must not make the answer as large as the request.
    private static string Shown(string name) => name.Length <= 100 ? name : name[..100] + "…";

    private static Problem TooLarge(int maxBytes) => Http.Problem.Of(ErrorCatalogue.BodyTooLarge, $"At most {maxBytes / 1024} KiB are accepted here.");
}
