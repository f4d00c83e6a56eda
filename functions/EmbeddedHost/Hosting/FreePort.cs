using System.Net;
using System.Net.Sockets;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>
/// A loopback port that nothing listens on. Settings that name an address are needed before anything is bound, so the
/// port is chosen first; whoever binds it says so clearly when another process was quicker.
/// </summary>
internal static class FreePort
{
    public static int Take()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
