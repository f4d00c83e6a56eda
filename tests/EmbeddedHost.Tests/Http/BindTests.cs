using System.Net;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Http;

/// <summary>Where the host listens.</summary>
public sealed class BindTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("0.0.0.0")]
    public async Task Bind_AnAddress_AnswersThereAndUnderTheLocalOrigin(string address)
    {
        await using var host = await TestHost.StartAsync(settings: $"--Portico:Bind={address}");
        var there = new UriBuilder(host.Origin) { Host = address == "0.0.0.0" ? "127.0.0.2" : address, Path = "/cdn/" }.Uri;

        using var bound = await host.Client.GetAsync(there);
        using var local = await host.Client.GetAsync("/cdn/");

        (bound.StatusCode, local.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
    }
}
