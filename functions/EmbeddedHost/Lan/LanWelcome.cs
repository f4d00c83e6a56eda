using System.Security.Cryptography.X509Certificates;
using QRCoder;

namespace Portico.EmbeddedHost.Lan;

/// <summary>What <c>--lan</c> tells at a terminal: where to point a phone, and what its browser will say.</summary>
internal static class LanWelcome
{
    /// <summary>The first line is for programs: <c>portico lan {origin} {fingerprint}</c>.</summary>
    public static string Text(string origin, X509Certificate2 certificate)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(origin, QRCodeGenerator.ECCLevel.M);
        using var qr = new AsciiQRCode(data);
        return $"""
            portico lan {origin} {LanCertificate.Fingerprint(certificate)}
            {qr.GetGraphicSmall()}
            Scan it with a phone on the same network, or open {origin} there. Each browser warns once, because this machine
            vouches for itself: compare the SHA-256 fingerprint above, if in doubt, and go on. A firewall has to let the port in.
            """;
    }
}
