using System.Net;
using Portico.EmbeddedHost.Tests.SignalR;

namespace Integration;

/// <summary>Logs are kept, and sent elsewhere: what opens something has no business in them.</summary>
[Collection(AppCollection.Name)]
public sealed class LogTests(RunningApp app)
{
    [Fact]
    public async Task UploadIngestAndHubConnection_LeaveNoSecretInTheOutput()
    {
        using var me = await Campaigner.RegisterAsync(app);
        var projectId = await me.CreateProjectAsync();
        var negotiated = await me.CallAsync("POST", $"projects/{projectId}/negotiate");
        var hubToken = negotiated.GetProperty("accessToken").GetString()!;
        await using var hub = await HubClient.ConnectAsync(new Uri(negotiated.GetProperty("url").GetString()!), hubToken);

        var (assetId, url) = await me.AnnounceAsync(projectId, "poster.jpg", "image/jpeg", TestMedia.OtherPhoto.Length);
        await me.PutAsync(url, TestMedia.OtherPhoto, "image/jpeg");
        await hub.NextCallAsync("asset.progress");
        (await me.SettledAsync(assetId)).GetProperty("status").GetString().ShouldBe("ready");

        // What is refused is logged more readily than what goes well.
        using var forged = await me.SendAsync("GET", url[..^4] + "AAAA");
        forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var token = me.AccessToken;
        me.AccessToken = token + "x";
        using var refused = await me.SendAsync("GET", "me");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var output = app.Output;
        output.ShouldContain("portico ready");
        foreach (var secret in (string[])["sig=", "access_token=", "Bearer ", "AccountKey=", "AccessKey=", token, hubToken, me.Password])
        {
            output.ShouldNotContain(secret, Case.Insensitive, customMessage: $"The output has “{secret}”.");
        }
    }
}
