using Microsoft.Extensions.Configuration;
using Portico.Documents.Cosmos;

namespace Portico.Documents;

/// <summary>Where the settings say that documents are kept. Tells it for a report; asks nobody.</summary>
/// <param name="Store">Which implementation; <see cref="DocumentsStore.None"/> when <paramref name="Misconfigured"/> says why.</param>
/// <param name="Location">The account's address, or the file. Holds no secret.</param>
/// <param name="Credential"><c>identity</c>, <c>key</c>, or null for a file.</param>
/// <param name="Misconfigured">The setting that is in the way and what is wrong with it; null when nothing is.</param>
public sealed record DocumentsChoice(DocumentsStore Store, string? Location, string? Credential, string? Misconfigured)
{
    /// <summary>Cosmos DB when a setting asks for it, else SQLite under <c>Portico__DataPath</c>, which the embedded host always sets.</summary>
    public static DocumentsChoice Of(IConfiguration configuration)
    {
        try
        {
            if (CosmosSettings.From(configuration) is { } cosmos)
            {
                return new DocumentsChoice(DocumentsStore.Cosmos, cosmos.Endpoint.AbsoluteUri, cosmos.ConnectionString is null ? "identity" : "key", null);
            }
        }
        catch (InvalidOperationException misconfigured)
        {
            return new DocumentsChoice(DocumentsStore.None, null, null, misconfigured.Message);
        }

        return configuration["Portico:DataPath"] is { Length: > 0 } folder
            ? new DocumentsChoice(DocumentsStore.Sqlite, Path.Combine(folder, "portico.db"), null, null)
            : new DocumentsChoice(
                DocumentsStore.None,
                null,
                null,
                "Nothing says where to keep documents, and a Function App loses its own disk with the instance. Set CosmosDb__AccountEndpoint, or Portico__DataPath to a folder that outlives it (one instance may use it at a time).");
    }

    /// <summary><c>documents: Cosmos DB at https://… by identity</c>.</summary>
    public override string ToString() => Store switch
    {
        DocumentsStore.Cosmos => $"documents: Cosmos DB at {Location} by {Credential}",
        DocumentsStore.Sqlite => $"documents: SQLite in {Location}",
        _ => $"documents: misconfigured. {Misconfigured}",
    };
}

/// <summary>The implementations of <see cref="IDocumentStore"/>.</summary>
public enum DocumentsStore
{
    None,
    Sqlite,
    Cosmos,
}
