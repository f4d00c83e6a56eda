using System.Text.Json.Serialization;
using Portico.Documents;
using Portico.Documents.Sqlite;

namespace DocumentWriter;

/// <summary>What <see cref="Program"/> writes.</summary>
public sealed record Entry(string Id, int Number, string Filler) : IDocument
{
    public static readonly DocumentType<Entry> Documents = new("entries", "/id", "entry");

    [JsonIgnore]
    public string PartitionKey => Id;
}

/// <summary>
/// <c>DocumentWriter {database} {acknowledged}</c>: sixteen callers create documents without end; each id is
/// appended to the second file once its write has returned.
/// </summary>
public static class Program
{
    public static async Task Main(string[] args)
    {
        await using var store = SqliteDocumentStore.Open(args[0]);
        using var acknowledged = new FileStream(args[1], FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var number = 0; ; number++)
            {
                var entry = new Entry($"{caller}-{number}", number, new string('x', 500));
                var result = await store.CreateAsync(Entry.Documents, entry, CancellationToken.None);
                if (result.Outcome != WriteOutcome.Written)
                {
                    throw new InvalidOperationException($"{entry.Id}: {result.Outcome}");
                }

                lock (gate)
                {
                    acknowledged.Write(System.Text.Encoding.ASCII.GetBytes(entry.Id + "\n"));
                }
            }
        })));
    }
}
