using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Lan;

/// <summary>The addresses under which other devices of the network reach this machine.</summary>
/// <param name="Shown">The one that is printed, and that links carry.</param>
/// <param name="All">Those that the certificate is for.</param>
internal sealed record LanAddresses(IPAddress Shown, IReadOnlyList<IPAddress> All)
{
    /// <summary>The shown address as a host of a URL.</summary>
    public string Host => Shown.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Shown}]" : Shown.ToString();

    /// <param name="wanted"><c>Portico__LanAddress</c>: which to show where there are several (a VPN, containers).</param>
    /// <exception cref="HostStartException">There is none, or the wanted one is no address.</exception>
    public static LanAddresses Find(string? wanted)
    {
        // What leads to a router comes first: bridges of containers and virtual machines don't.
        var found = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .Select(network => network.GetIPProperties())
            .OrderByDescending(network => network.GatewayAddresses.Any(gateway => !gateway.Address.Equals(IPAddress.Any) && !gateway.Address.Equals(IPAddress.IPv6Any)))
            .SelectMany(network => network.UnicastAddresses.Select(entry => entry.Address))
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !IsSelfAssigned(address))
            .ToList();
        if (string.IsNullOrEmpty(wanted))
        {
            return found.Count > 0
                ? new LanAddresses(found.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? found[0], found)
                : throw new HostStartException("This machine is on no network: --lan has nothing to serve. Connect it, or set Portico__LanAddress.");
        }

        return IPAddress.TryParse(wanted, out var shown)
            ? new LanAddresses(shown, found.Contains(shown) ? found : [shown, .. found])
            : throw new HostStartException("Portico__LanAddress is no IP address.");
    }

    // 169.254.x.x: what a machine calls itself when no network gave it an address.
    private static bool IsSelfAssigned(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..];
}
