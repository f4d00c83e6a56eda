using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Http;

/// <summary>Where the host listens, and what it takes from a client before it hangs up.</summary>
internal static class KestrelLimits
{
    /// <summary>Kestrel's own switch: a line ends with CR LF and with nothing else, whatever a proxy thinks of it.</summary>
    private const string LineFeedAloneEndsNothing = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    /// <param name="certificate">Of the LAN mode; null without it.</param>
    public static void Apply(KestrelServerOptions options, HostSettings settings, X509Certificate2? certificate)
    {
        AppContext.SetSwitch(LineFeedAloneEndsNothing, true);
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = settings.MaxRequestBodyBytes;
        options.Limits.MaxRequestHeadersTotalSize = 32 << 10;
        options.Limits.MaxRequestHeaderCount = 100;
        options.Limits.MaxRequestLineSize = 16 << 10;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // A phone on a bad network manages this; a client that holds connections open on purpose does not.
        options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        if (certificate is not null)
        {
            // HTTP/1.1 alone, as everywhere here: what is strict about requests is strict about that.
            options.ListenAnyIP(settings.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificate);
            });
            options.Listen(IPAddress.Loopback, settings.LocalPort);
        }
        else if (settings.Bind == "localhost")
        {
            options.ListenLocalhost(settings.Port);
        }
        else
        {
            var address = IPAddress.Parse(settings.Bind);
            options.Listen(address, settings.Port);
            if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Loopback))
            {
                // The app in this process, and who asks for its health, reach the host under its local origin.
                options.Listen(IPAddress.Loopback, settings.Port);
            }
        }
    }
}
