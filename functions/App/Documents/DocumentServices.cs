using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Portico.Documents.Sqlite;

namespace Portico.Documents;

/// <summary>Registers the document store that the settings ask for.</summary>
public static class DocumentServices
{
    /// <summary>
    /// SQLite in <c>portico.db</c> under <c>Portico__DataPath</c>, which the embedded host always sets, unless
    /// <c>CosmosDb__AccountEndpoint</c> is set.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Cosmos DB is asked for, which this build has no adapter for; or nothing says where to keep documents: in Azure an
    /// instance's own disk goes with the instance.
    /// </exception>
    public static IServiceCollection AddDocuments(this IServiceCollection services, IConfiguration configuration)
    {
        if (!string.IsNullOrEmpty(configuration["CosmosDb:AccountEndpoint"]))
        {
            throw new InvalidOperationException(
                "CosmosDb__AccountEndpoint is set, and this build stores documents in SQLite only. Remove the setting to use SQLite.");
        }

        var folder = configuration["Portico:DataPath"] ?? throw new InvalidOperationException(
            "Nothing says where to keep documents, and a Function App loses its own disk with the instance. Set Portico__DataPath to a folder that outlives it (one instance may use it at a time).");
        var path = Path.Combine(folder, "portico.db");
        services.AddSingleton(_ => SqliteDocumentStore.Open(path));
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<SqliteDocumentStore>());
        services.AddSingleton<IDocumentMaintenance>(provider => provider.GetRequiredService<SqliteDocumentStore>());
        return services;
    }
}
