using System.Net;
using System.Security.Cryptography.X509Certificates;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Lan;

namespace Portico.EmbeddedHost.Tests.Lan;

public sealed class LanCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly IPAddress Home = IPAddress.Parse("192.168.1.10");
    private static readonly IPAddress Office = IPAddress.Parse("10.0.0.7");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("portico-lan-");

    private string FilePath => Path.Combine(_data.FullName, "tls", "lan.pfx");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public void ReadOrCreate_First_IsForTheAddressesAndForServersAlone()
    {
        using var certificate = Read(Now, Home, IPAddress.Parse("fd00::2"));

        certificate.MatchesHostname("192.168.1.10").ShouldBeTrue();
        certificate.MatchesHostname("fd00::2").ShouldBeTrue();
        certificate.MatchesHostname("localhost").ShouldBeTrue();
        certificate.MatchesHostname("127.0.0.1").ShouldBeTrue();
        certificate.MatchesHostname("192.168.1.11").ShouldBeFalse();
        certificate.HasPrivateKey.ShouldBeTrue();
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeFalse("it must vouch for nothing else, should somebody trust it");
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value.ShouldBe("1.3.6.1.5.5.7.3.1");
        (certificate.NotAfter - certificate.NotBefore).TotalDays.ShouldBeLessThan(398, "browsers accept no more");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void ReadOrCreate_Again_IsTheSameWhileItsAddressesStayAndItHasAMonthLeft()
    {
        using var first = Read(Now, Home, Office);

        using var fewer = Read(Now.AddDays(360), Home);

        fewer.Thumbprint.ShouldBe(first.Thumbprint, "each new one makes every browser warn again");
    }

    [Fact]
    public void ReadOrCreate_AddressChangedOrTimeNearlyUpOrFileBroken_IsRenewed()
    {
        using var first = Read(Now, Home);
        using var moved = Read(Now, Office);
        moved.Thumbprint.ShouldNotBe(first.Thumbprint);
        moved.MatchesHostname("10.0.0.7").ShouldBeTrue();

        using var later = Read(Now.AddDays(380), Office);
        later.Thumbprint.ShouldNotBe(moved.Thumbprint);

        File.WriteAllText(FilePath, "no certificate");
        using var mended = Read(Now.AddDays(380), Office);
        mended.Thumbprint.ShouldNotBe(later.Thumbprint);
    }

    [Fact]
    public void Find_Wanted_IsShownAndNamedAmongAll()
    {
        var addresses = LanAddresses.Find("10.9.8.7");

        addresses.Host.ShouldBe("10.9.8.7");
        addresses.All.ShouldContain(IPAddress.Parse("10.9.8.7"));
        LanAddresses.Find("fd00::9").Host.ShouldBe("[fd00::9]");
        Should.Throw<HostStartException>(() => LanAddresses.Find("my-machine")).Message.ShouldContain("Portico__LanAddress");
    }

    private X509Certificate2 Read(DateTimeOffset now, params IPAddress[] addresses) => LanCertificate.ReadOrCreate(_data.FullName, addresses, now);
}
