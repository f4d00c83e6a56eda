using Microsoft.Extensions.Configuration;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// The address and key of the local realtime service, in the words of Azure SignalR Service, so that the app has one
/// code path for both.
/// </summary>
internal sealed record SignalRService(string Endpoint, string ClientEndpoint, string AccessKey)
{
    public const string ConnectionSetting = "AzureSignalRConnectionString";

    /// <summary>Makes the service known to the app. The embedded host always serves its own hub: a configured Azure one has no way to reach it.</summary>
    public static SignalRService Configure(ConfigurationManager configuration, HostSettings settings)
    {
        var service = new SignalRService(settings.LocalOrigin, settings.PublicOrigin, SecretFile.ReadOrCreate(settings.DataPath, "signalr.key"));
        configuration[ConnectionSetting] = $"Endpoint={service.Endpoint};ClientEndpoint={service.ClientEndpoint};AccessKey={service.AccessKey};Version=1.0;";
        return service;
    }

    /// <summary>What a client's token must be meant for; Azure's SDKs write it with a slash or without.</summary>
    public string[] ClientAudiences(string hub) =>
        [$"{Endpoint}/client/?hub={hub}", $"{Endpoint}/client?hub={hub}", $"{ClientEndpoint}/client/?hub={hub}", $"{ClientEndpoint}/client?hub={hub}"];
}
