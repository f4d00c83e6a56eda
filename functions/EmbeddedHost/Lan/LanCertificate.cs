using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portico.EmbeddedHost.Lan;

/// <summary>
/// The certificate that <c>--lan</c> serves with: made and signed by this machine alone, so each browser warns once, and
/// kept in <c>tls/lan.pfx</c> of the data folder, so that it warns no more often than that. Browsers give a page the
/// camera over HTTPS only.
/// </summary>
internal static class LanCertificate
{
    /// <summary>What browsers accept at most is 398 days.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(397);

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>
    /// The kept certificate, while it is for all of <paramref name="addresses"/> and has a month left; else a fresh one.
    /// </summary>
    public static X509Certificate2 ReadOrCreate(string dataPath, IReadOnlyList<IPAddress> addresses, DateTimeOffset now)
    {
        var path = Path.Combine(dataPath, "tls", "lan.pfx");
        if (TryRead(path) is { } kept)
        {
            if (IsGood(kept, addresses, now))
            {
                return kept;
            }

            kept.Dispose();
        }

        var pfx = Create(addresses, now);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            file.Write(pfx);
        }

        File.Move(draft, path, overwrite: true);
        return X509CertificateLoader.LoadPkcs12(pfx, password: null);
    }

    /// <summary>SHA-256 of the certificate, as browsers show it.</summary>
    public static string Fingerprint(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    private static X509Certificate2? TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? X509CertificateLoader.LoadPkcs12FromFile(path, password: null) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool IsGood(X509Certificate2 certificate, IReadOnlyList<IPAddress> addresses, DateTimeOffset now)
    {
        var named = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateIPAddresses()).ToHashSet();
        return certificate.NotBefore.ToUniversalTime() <= now.UtcDateTime
            && certificate.NotAfter.ToUniversalTime() > (now + RenewBefore).UtcDateTime
            && addresses.All(named.Contains);
    }

    private static byte[] Create(IReadOnlyList<IPAddress> addresses, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Portico on this machine", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        foreach (var address in addresses.Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback).Distinct())
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "Server Authentication")], critical: false));

        // Clocks of phones may be a little behind.
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
        return certificate.Export(X509ContentType.Pfx);
    }
}
