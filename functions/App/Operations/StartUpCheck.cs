using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Portico.Accounts;
using Portico.Documents;
using Portico.Realtime;

namespace Portico.Operations;

/// <summary>
/// Before anything is built: which parts are embedded and which are Azure, and every setting that can't be used, named with
/// what is wrong and what to set. It asks the settings alone, no service: what a wrong key or a missing role does shows
/// when the service is first asked (<c>GET /health</c>).
/// </summary>
/// <param name="Findings">Each begins with the setting's name and holds no secret.</param>
public sealed record StartUpCheck(IReadOnlyList<StartUpCheck.Part> Parts, IReadOnlyList<string> Findings)
{
    /// <param name="Where">Null when its setting is among the findings.</param>
    public sealed record Part(string Name, bool IsEmbedded, string? Where);

    public static StartUpCheck Of(IConfiguration configuration)
    {
        // Only the embedded host says where it listens.
        var isEmbedded = configuration["Portico:DefaultOrigin"] is not null;
        var check = new Reading(configuration, isEmbedded);
        IReadOnlyList<Part> parts = [check.Blobs(), check.Documents(), check.Realtime(), check.Orchestrations(), check.Assistant(), check.Pages()];
        check.Accounts();
        check.Flags();
        return new StartUpCheck(parts, check.Findings);
    }

    /// <summary>A line for each part.</summary>
    public override string ToString() => string.Join(
        '\n',
        Parts.Select(part => $"portico {part.Name}: {(part.Where is null ? "misconfigured" : $"{(part.IsEmbedded ? "embedded" : "Azure")}, {part.Where}")}"));

    /// <summary>What stops the start, all of it.</summary>
    public string Report() => $"""
        Portico can't start: {(Findings.Count == 1 ? "a setting" : $"{Findings.Count} settings")} can't be used (docs/settings.md describes each).
        {string.Join('\n', Findings.Select(finding => "  - " + finding))}
        """;

    private sealed class Reading(IConfiguration configuration, bool isEmbedded)
    {
        public List<string> Findings { get; } = [];

        public Part Blobs()
        {
            const string name = "blobs";
            var storage = configuration.GetSection("AzureWebJobsStorage");
            if (storage["blobServiceUri"] is { Length: > 0 } address)
            {
                return IsWebAddress(address, mayHavePath: false)
                    ? new Part(name, false, $"Blob Storage at {address} by identity")
                    : Wrong(name, "AzureWebJobsStorage__blobServiceUri is no address such as https://my-account.blob.core.windows.net.");
            }

            if (string.IsNullOrEmpty(storage.Value))
            {
                return Wrong(name, "AzureWebJobsStorage is missing: set AzureWebJobsStorage__blobServiceUri to the account's address, or this to its connection string.");
            }

            // Read by hand: the SDK's client takes longer to load than all the rest of this check.
            var parts = Pairs(storage.Value);
            var endpoint = parts["BlobEndpoint"].FirstOrDefault()
                ?? (parts["AccountName"].FirstOrDefault() is { Length: > 0 } account ? $"https://{account}.blob.{parts["EndpointSuffix"].FirstOrDefault() ?? "core.windows.net"}" : null);
            var isKeyed = parts["SharedAccessSignature"].Any() || (parts["AccountKey"].FirstOrDefault() is { } key && Convert.TryFromBase64String(key, new byte[key.Length], out var bytes) && bytes > 0);
            return storage.Value == "UseDevelopmentStorage=true" ? new Part(name, true, "the storage emulator of this machine")
                : !isKeyed || !IsWebAddress(endpoint, mayHavePath: true) ? Wrong(name, "AzureWebJobsStorage is no connection string of a storage account (DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net).")
                : new Uri(endpoint!).IsLoopback ? new Part(name, true, "Azurite")
                : new Part(name, false, $"Blob Storage at {endpoint} by key");
        }

        public Part Documents()
        {
            var choice = DocumentsChoice.Of(configuration);
            return choice.Misconfigured is { } why ? Wrong("documents", why)
                : choice.Store == DocumentsStore.Cosmos ? new Part("documents", false, $"Cosmos DB at {choice.Location} by {choice.Credential}")
                : new Part("documents", true, $"SQLite in {choice.Location}");
        }

        public Part Realtime()
        {
            try
            {
                var address = new HubEndpoint(configuration, TimeProvider.System).Address;
                return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
                    ? isEmbedded ? new Part("realtime", true, "the hub of this process") : new Part("realtime", false, $"SignalR Service at {uri.Host}")
                    : Wrong("realtime", "AzureSignalRConnectionString names no address such as https://my-service.service.signalr.net.");
            }
            catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
            {
                return Wrong("realtime", "AzureSignalRConnectionString is missing or has no Endpoint and AccessKey: set AzureSignalRConnectionString__serviceUri to the service's address, or this to its connection string.");
            }
        }

        public Part Orchestrations()
        {
            const string name = "orchestrations";
            const string setting = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING";
            if (isEmbedded)
            {
                return new Part(name, true, "the engine of this process, on SQLite");
            }

            var parts = Pairs(configuration[setting] ?? "");
            var endpoint = parts["Endpoint"].FirstOrDefault();
            return IsWebAddress(endpoint, mayHavePath: false) && parts["Authentication"].Any()
                ? new Part(name, false, $"Durable Task Scheduler at {endpoint}")
                : Wrong(name, $"{setting} is missing or not of the form Endpoint=https://…;Authentication=ManagedIdentity;TaskHub=portico.");
        }

        public Part Assistant()
        {
            try
            {
                return Portico.Assistant.AzureOpenAI.From(configuration) is { } ai
                    ? new Part("AI", false, $"Azure OpenAI at {ai.Endpoint.Host}, deployment {ai.Deployment}, by {(ai.ApiKey is null ? "identity" : "key")}")
                    : new Part("AI", true, "local algorithms");
            }
            catch (InvalidOperationException misconfigured)
            {
                return Wrong("AI", misconfigured.Message);
            }
        }

        public Part Pages()
        {
            if (configuration["Portico:PublicOrigin"] is { Length: > 0 } origin && !IsWebAddress(origin, mayHavePath: false, mayBeHttp: true))
            {
                Findings.Add("Portico__PublicOrigin is no scheme, host and port, such as https://ar.example.com.");
            }

            var cdn = configuration["Cdn:BaseUrl"];
            if (!string.IsNullOrEmpty(cdn) && !cdn.StartsWith('/') && !IsWebAddress(cdn, mayHavePath: true))
            {
                return Wrong("pages and CDN", "Cdn__BaseUrl is neither an https address nor a path on this origin, such as /cdn.");
            }

            return isEmbedded && (string.IsNullOrEmpty(cdn) || cdn.StartsWith('/'))
                ? new Part("pages and CDN", true, "served by this process")
                : new Part("pages and CDN", false, $"media at {(string.IsNullOrEmpty(cdn) ? "/cdn" : cdn)}");
        }

        public void Accounts()
        {
            if (configuration["Accounts:AdminEmail"] is { Length: > 0 } email && !email.Contains('@'))
            {
                Findings.Add("Accounts__AdminEmail is no e-mail address.");
            }

            if (configuration["Accounts:SigningKey"] is { Length: > 0 } key)
            {
                try
                {
                    SigningKey.FromText(key).Dispose();
                }
                catch (Exception failure) when (failure is CryptographicException or FormatException or ArgumentException or InvalidOperationException)
                {
                    Findings.Add("Accounts__SigningKey is no ECDSA P-256 private key in PKCS#8 (openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8 -nocrypt).");
                }
            }
            else if (string.IsNullOrEmpty(configuration["Portico:DataPath"]))
            {
                Findings.Add("Accounts__SigningKey is missing, and there is no Portico__DataPath to keep one in: instances with different keys would refuse each other's tokens.");
            }
        }

        public void Flags()
        {
            foreach (var key in new[] { "Portico:SeedDemo", "Blobs:Reconcile" })
            {
                if (configuration[key] is { Length: > 0 } text && !bool.TryParse(text, out _))
                {
                    Findings.Add($"{key.Replace(":", "__", StringComparison.Ordinal)} is neither true nor false.");
                }
            }
        }

        private static ILookup<string, string> Pairs(string connectionString) =>
            connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
                .ToLookup(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);

        private static bool IsWebAddress(string? text, bool mayHavePath, bool mayBeHttp = false) =>
            Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && (mayBeHttp || uri.IsLoopback)))
            && (mayHavePath || uri.AbsolutePath == "/")
            && uri.Query.Length == 0;

        private Part Wrong(string part, string finding)
        {
            Findings.Add(finding);
            return new Part(part, isEmbedded, null);
        }
    }
}
