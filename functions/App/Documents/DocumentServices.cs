using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Portico.Documents.Sqlite;

namespace Portico.Documents;

/// <summary>Registers the document store that the settings ask for.</summary>
public static class DocumentServices
{
    /// <summary>
    /// SQLite in <c>portico.db</c> under <c>Portico__DataPath</c> (default <c>.portico</c>), unless
    /// <c>CosmosDb__AccountEndpoint</c> is set.
    /// </summary>
    /// <exception cref="InvalidOperationException">Cosmos DB is asked for, which this build has no adapter for.</exception>
    public static IServiceCollection AddDocuments(this IServiceCollection services, IConfiguration configuration)
    {
        if (!string.IsNullOrEmpty(configuration["CosmosDb:AccountEndpoint"]))
        {
            throw new InvalidOperationException(
                "CosmosDb__AccountEndpoint is set, and this build stores documents in SQLite only. Remove the setting to use SQLite.");
        }

        var path = Path.Combine(configuration["Portico:DataPath"] ?? ".portico", "portico.db");
        services.AddSingleton(_ => SqliteDocumentStore.Open(path));
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<SqliteDocumentStore>());
        services.AddSingleton<IDocumentMaintenance>(provider => provider.GetRequiredService<SqliteDocumentStore>());
        return services;
    }
}
