using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Portico.Documents;

/// <summary>
/// What a document must look like to live in either store. Cosmos DB's limits hold for SQLite too, so that
/// what runs on a laptop runs in Azure. Whoever breaks one has a bug, and gets an exception.
/// </summary>
internal static partial class DocumentShape
{
    /// <summary>Cosmos DB's limit of a document, of which its own properties take a little.</summary>
    public const int MaxBytes = 2_000_000;

    private const int MaxIdBytes = 1023;
    private const int MaxPartitionKeyBytes = 2048;

    private static readonly ConcurrentDictionary<(Type ClrType, string Container, string PartitionKeyPath), bool> Checked = new();
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Checks, once a type, that its JSON carries the id and the partition key and leaves the stores' own names alone.</summary>
    public static void Check<T>(DocumentType<T> type)
        where T : class, IDocument => Checked.GetOrAdd((typeof(T), type.Container, type.PartitionKeyPath), static key =>
        {
            if (!ContainerName().IsMatch(key.Container))
            {
                throw new ArgumentException($"'{key.Container}' is no container name: letters, digits and hyphens.");
            }

            var names = DocumentJson.Options.GetTypeInfo(key.ClrType).Properties.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            if (!names.Contains("id") || !names.Contains(key.PartitionKeyPath[1..]))
            {
                throw new ArgumentException($"{key.ClrType.Name} serialises no 'id' or no '{key.PartitionKeyPath[1..]}'.");
            }

            if (names.Contains("type") || names.Any(n => n.StartsWith('_')))
            {
                throw new ArgumentException($"{key.ClrType.Name} uses a name that the stores own: 'type', or one that starts with '_'.");
            }

            return true;
        });

    /// <summary>The document's JSON, after checking what the stores ask of it.</summary>
    /// <exception cref="ArgumentException">An unusable id or partition key, or a document that is too large.</exception>
    public static string Serialize(IDocument document, Type clrType)
    {
        if (!IsKey(document.Id, MaxIdBytes) || !IsKey(document.PartitionKey, MaxPartitionKeyBytes))
        {
            throw new ArgumentException($"An id or partition key of a {clrType.Name} is empty, too long, '.' or '..', begins or ends with a space, or holds one of / \\ # ? or a control character.");
        }

        var json = JsonSerializer.Serialize(document, clrType, DocumentJson.Options);
        CheckSize(json, clrType);
        return json;
    }

    /// <exception cref="ArgumentException">More than <see cref="MaxBytes"/>.</exception>
    public static void CheckSize(string json, Type clrType)
    {
        if (json.Length > MaxBytes / 3 && Encoding.UTF8.GetByteCount(json) > MaxBytes)
        {
            throw new ArgumentException($"A {clrType.Name} has at most {MaxBytes} bytes as JSON.");
        }
    }

    /// <summary>Serialises a batch's documents: "" for operations without one.</summary>
    /// <exception cref="ArgumentException">One of them is unusable, or together they are larger than one request of Cosmos DB may be.</exception>
    public static List<(BatchOperation Operation, string Json)> Serialize(DocumentBatch batch)
    {
        var prepared = batch.Operations.Select(o => (o, o.Document is null ? "" : Serialize(o.Document, o.ClrType))).ToList();
        if (prepared.Sum(p => (long)Encoding.UTF8.GetByteCount(p.Item2)) > MaxBytes)
        {
            throw new ArgumentException($"The documents of a batch have at most {MaxBytes} bytes together as JSON.");
        }

        return prepared;
    }

    /// <summary>Checks that a patch leaves alone what addresses the document.</summary>
    public static void Check(DocumentPatch patch, string partitionKeyPath)
    {
        foreach (var operation in patch.Operations)
        {
            if (operation.Path is "/id" or "/type" || operation.Path == partitionKeyPath || operation.Path.StartsWith("/_", StringComparison.Ordinal))
            {
                throw new ArgumentException($"A patch can't change '{operation.Path}': it addresses the document.");
            }
        }
    }

    /// <summary>Checks the limits and paths of a query, and that its order has an index.</summary>
    public static void Check<T>(DocumentType<T> type, DocumentQuery query)
        where T : class, IDocument
    {
        Check(type);
        foreach (var path in (query.Equal?.Keys ?? []).Append(query.OrderBy))
        {
            CheckPropertyPath(path);
        }

        if (query.OrderBy != "id" && !type.OrderedBy.Contains(query.OrderBy))
        {
            throw new ArgumentException($"Lists of {typeof(T).Name} are not ordered by '{query.OrderBy}': its DocumentType declares what they may be ordered by.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 1000, nameof(query));
    }

    /// <summary>Checks a property path of a query: <c>status</c>, <c>owner.id</c>.</summary>
    private static void CheckPropertyPath(string path)
    {
        if (!PropertyPath().IsMatch(path))
        {
            throw new ArgumentException($"'{path}' is no property path: names joined by dots.");
        }
    }

    /// <summary>Whether a document with this id can exist at all; no store needs to be asked otherwise.</summary>
    public static bool CanExist(string partitionKey, string id) => IsKey(id, MaxIdBytes) && IsKey(partitionKey, MaxPartitionKeyBytes);

    private static bool IsKey(string key, int maxBytes)
    {
        if (string.IsNullOrEmpty(key) || key.AsSpan().IndexOfAny("/\\#?") >= 0 || key.Any(char.IsControl)
            // Addresses lose these on their way to Cosmos DB.
            || key is "." or ".." || char.IsWhiteSpace(key[0]) || char.IsWhiteSpace(key[^1]))
        {
            return false;
        }

        try
        {
            return StrictUtf8.GetByteCount(key) <= maxBytes;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9-]{0,62}$")]
    private static partial Regex ContainerName();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,63}(\\.[A-Za-z][A-Za-z0-9_]{0,63}){0,4}$")]
    private static partial Regex PropertyPath();
}
