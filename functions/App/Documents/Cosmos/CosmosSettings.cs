using Azure.Core;
using Azure.Identity;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;

namespace Portico.Documents.Cosmos;

/// <summary>
/// Which Cosmos DB account to use and how. <c>CosmosDb__AccountEndpoint</c> by identity; without it
/// <c>CosmosDb__ConnectionString</c>, by key.
/// </summary>
/// <param name="Endpoint">The account.</param>
/// <param name="ConnectionString">Null: by identity.</param>
/// <param name="ClientId">Of a user-assigned identity; null: the system's.</param>
/// <param name="Database">Holds all containers.</param>
/// <param name="IsDirect">TCP to the replicas; otherwise HTTPS through the account's gateway.</param>
/// <param name="CreatesContainers">Whether the database and missing containers are made at start. A key may do that; an identity's data-plane roles never may.</param>
public sealed record CosmosSettings(Uri Endpoint, string? ConnectionString, string? ClientId, string Database, bool IsDirect, bool CreatesContainers)
{
    /// <summary>How long an operation may take, the SDK's tries included, before it counts as an outage. As with blobs, a service that restarts is waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An account on this machine is an emulator: it knows no TCP, and calls itself by names that lead nowhere.</summary>
    public bool IsEmulator => Endpoint.IsLoopback;

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{Endpoint} database {Database} by {(ConnectionString is null ? "identity" : "key")}";

    /// <summary>Null when no setting asks for Cosmos DB.</summary>
    /// <exception cref="InvalidOperationException">A setting that can't be used, named.</exception>
    public static CosmosSettings? From(IConfiguration configuration)
    {
        var section = configuration.GetSection("CosmosDb");
        var (endpoint, connectionString) = (section["AccountEndpoint"], section["ConnectionString"]);
        if (string.IsNullOrEmpty(endpoint) && string.IsNullOrEmpty(connectionString))
        {
            return null;
        }

        var byIdentity = !string.IsNullOrEmpty(endpoint);
        var uri = byIdentity
            ? Absolute(endpoint) ?? throw new InvalidOperationException("CosmosDb__AccountEndpoint is no address such as https://my-account.documents.azure.com:443/.")
            : EndpointOf(connectionString!) ?? throw new InvalidOperationException("CosmosDb__ConnectionString is not of the form AccountEndpoint=https://…;AccountKey=…;");
        if (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback)
        {
            throw new InvalidOperationException($"Cosmos DB at {uri.Host} has to be an https address.");
        }

        return new CosmosSettings(
            uri,
            byIdentity ? null : connectionString,
            section["clientId"],
            section["Database"] is { Length: > 0 } database ? database : "portico",
            IsDirectIn(section["ConnectionMode"], uri),
            CreatesIn(section["CreateContainers"], byIdentity));
    }

    /// <summary>The client of these settings; it opens no connection before it is asked for something.</summary>
    /// <param name="http">For tests: what sends the gateway's requests.</param>
    /// <param name="credential">For tests: the identity instead of the machine's.</param>
    public CosmosClient Connect(Func<HttpClient>? http = null, TokenCredential? credential = null)
    {
        var options = new CosmosClientOptions
        {
            ApplicationName = "portico",
            ConnectionMode = IsDirect ? ConnectionMode.Direct : ConnectionMode.Gateway,
            LimitToEndpoint = IsEmulator,
            UseSystemTextJsonSerializerWithOptions = DocumentJson.Options,
            // Another instance's write is read, whatever the account's default: orchestrations hop between instances.
            ReadConsistencyStrategy = ReadConsistencyStrategy.LatestCommitted,
            EnableContentResponseOnWrite = false,
            MaxRetryAttemptsOnRateLimitedRequests = 9,
            MaxRetryWaitTimeOnRateLimitedRequests = TimeSpan.FromSeconds(20),
            RequestTimeout = TimeSpan.FromSeconds(10),
            HttpClientFactory = http,
        };
        return ConnectionString is null
            ? new CosmosClient(Endpoint.AbsoluteUri, credential ?? new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = ClientId }), options)
            : new CosmosClient(ConnectionString, options);
    }

    private static bool IsDirectIn(string? mode, Uri endpoint) => mode?.ToLowerInvariant() switch
    {
        null or "" => !endpoint.IsLoopback,
        "direct" => true,
        "gateway" => false,
        _ => throw new InvalidOperationException("CosmosDb__ConnectionMode is either Direct or Gateway."),
    };

    private static bool CreatesIn(string? flag, bool byIdentity) => flag?.ToLowerInvariant() switch
    {
        null or "" => !byIdentity,
        "false" => false,
        "true" when byIdentity => throw new InvalidOperationException("CosmosDb__CreateContainers needs CosmosDb__ConnectionString: no data-plane role lets an identity create containers."),
        "true" => true,
        _ => throw new InvalidOperationException("CosmosDb__CreateContainers is either true or false."),
    };

    private static Uri? EndpointOf(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        return parts["AccountKey"].FirstOrDefault() is { Length: > 0 } ? Absolute(parts["AccountEndpoint"].FirstOrDefault()) : null;
    }

    private static Uri? Absolute(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri : null;
}
