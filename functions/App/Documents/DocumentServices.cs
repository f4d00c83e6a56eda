using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Portico.Documents.Cosmos;
using Portico.Documents.Sqlite;

namespace Portico.Documents;

/// <summary>Registers the document store that the settings ask for.</summary>
public static class DocumentServices
{
    /// <summary>
    /// Cosmos DB when <c>CosmosDb__AccountEndpoint</c> (by identity) or <c>CosmosDb__ConnectionString</c> is set; else
    /// SQLite in <c>portico.db</c> under <c>Portico__DataPath</c>, which the embedded host always sets.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A setting can't be used, or nothing says where to keep documents: see <see cref="DocumentsChoice.Misconfigured"/>.
    /// </exception>
    public static IServiceCollection AddDocuments(this IServiceCollection services, IConfiguration configuration)
    {
        var choice = DocumentsChoice.Of(configuration);
        return choice.Store switch
        {
            DocumentsStore.Cosmos => services.AddCosmos(CosmosSettings.From(configuration)!),
            DocumentsStore.Sqlite => services.AddSqlite(choice.Location!),
            _ => throw new InvalidOperationException(choice.Misconfigured),
        };
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, string path) => services
        .AddSingleton(_ => SqliteDocumentStore.Open(path))
        .AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<SqliteDocumentStore>())
        .AddSingleton<IDocumentMaintenance>(provider => provider.GetRequiredService<SqliteDocumentStore>());

    private static IServiceCollection AddCosmos(this IServiceCollection services, CosmosSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton(_ => new CosmosDocumentStore(settings, DocumentContainer.DeclaredIn(typeof(DocumentServices).Assembly)))
        .AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<CosmosDocumentStore>())
        .AddSingleton<IDocumentMaintenance>(provider => provider.GetRequiredService<CosmosDocumentStore>())
        .AddHostedService<PrepareCosmos>();
}
