using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Integration.Operations;

/// <summary><c>./run --lan</c>, over HTTPS with its own certificate pinned, as a phone on the network comes.</summary>
public sealed class LanTests : IDisposable
{
    private readonly string _dataPath = Directory.CreateTempSubdirectory("portico-lan-").FullName;

    public void Dispose() => Directory.Delete(_dataPath, recursive: true);

    [Fact]
    public async Task Lan_ServesTheWholeAppOverHttpsUnderItsOwnCertificate()
    {
        // A machine without a network has its loopback, which the certificate is for too.
        var address = OwnAddress();
        await using var app = new RunningApp(_dataPath, seedsDemo: false, ("Portico__Lan", "true"), ("Portico__LanAddress", address.ToString()));
        await app.InitializeAsync();
        app.Origin.Scheme.ShouldBe("https");
        app.Origin.Host.ShouldBe(address.ToString());
        var line = (await app.LineAsync("portico lan ")).Split(' ');
        line[2].ShouldBe(app.Origin.GetLeftPart(UriPartial.Authority));
        app.Output.ShouldContain("█", customMessage: "a QR code");

        using var pinned = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(_dataPath, "tls", "lan.pfx"), null);
        line[3].Replace(":", "", StringComparison.Ordinal).ShouldBe(pinned.GetCertHashString(HashAlgorithmName.SHA256));
        using var phone = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                // Exactly this certificate, and for this address: all that is wrong with it is that nobody else vouches for it.
                RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                    errors == SslPolicyErrors.RemoteCertificateChainErrors && shown!.GetRawCertData().AsSpan().SequenceEqual(pinned.RawData),
            },
        }) { BaseAddress = app.Origin };

        (await phone.GetFromJsonAsync<JsonElement>("/api/v1/health")).GetProperty("status").GetString().ShouldBe("ok");
        using var registered = await phone.PostAsJsonAsync("/api/v1/auth/register", new { email = $"{Guid.NewGuid():N}@example.com", password = "long enough", displayName = "Phone" });
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        registered.Headers.GetValues("Set-Cookie").Single().ShouldContain("secure", Case.Insensitive);
        var token = (await registered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        phone.DefaultRequestHeaders.Authorization = new("Bearer", token);

        using var created = await phone.PostAsJsonAsync("/api/v1/projects", new { name = "From a phone" });
        var projectId = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var negotiated = await phone.PostAsync($"/api/v1/projects/{projectId}/negotiate", null);
        (await negotiated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!.ShouldStartWith(app.Origin.GetLeftPart(UriPartial.Authority));

        // Nothing speaks plain HTTP to the network.
        using var plain = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Should.ThrowAsync<HttpRequestException>(() => plain.GetAsync(new UriBuilder(app.Origin) { Scheme = "http" }.Uri));
        using var run = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_dataPath, "host.json")));
        var local = new Uri(run.RootElement.GetProperty("localOrigin").GetString()!);
        (await plain.GetAsync(new Uri(local, "/api/v1/health"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        // Links carry the network's address, also when they are made on this machine.
        using var here = await Campaigner.RegisterAsync(local);
        var link = await here.CallAsync("GET", $"links/{await new Scene(here).LinkAsync()}");
        link.GetProperty("url").GetString()!.ShouldStartWith(app.Origin.GetLeftPart(UriPartial.Authority) + "/v/");
        if (!IPAddress.IsLoopback(address))
        {
            await Should.ThrowAsync<HttpRequestException>(() => plain.GetAsync(new UriBuilder(local) { Host = address.ToString() }.Uri));
        }
    }

    private static IPAddress OwnAddress() =>
        Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
}
