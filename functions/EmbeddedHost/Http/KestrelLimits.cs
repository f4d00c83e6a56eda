using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Http;

/// <summary>Where the host listens, and what it takes from a client before it hangs up.</summary>
internal static class KestrelLimits
{
    public static void Apply(KestrelServerOptions options, HostSettings settings)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = settings.MaxRequestBodyBytes;
        options.Limits.MaxRequestHeadersTotalSize = 32 << 10;
        options.Limits.MaxRequestHeaderCount = 100;
        options.Limits.MaxRequestLineSize = 16 << 10;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // A phone on a bad network manages this; a client that holds connections open on purpose does not.
        options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        if (settings.Bind == "localhost")
        {
            options.ListenLocalhost(settings.Port);
        }
        else
        {
            options.Listen(IPAddress.Parse(settings.Bind), settings.Port);
        }
    }
}
