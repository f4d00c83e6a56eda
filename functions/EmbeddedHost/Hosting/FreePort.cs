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

    /// <exception cref="HostStartException">Something listens on the port.</exception>
    public static void ThrowIfTaken(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        // Connections of an earlier run may linger on the port; only a listener is in the way.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException)
        {
            throw new HostStartException($"Port {port} is taken by another program. Set Portico__Port to a free one, or to 0 for any.");
        }
    }
}
