using System.Net;
using System.Text.Json;

namespace Integration;

public sealed class SeedDemoTests : IDisposable
{
    // Filming and transcoding the clip, on a machine that does other things too.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string _dataPath = Directory.CreateTempSubdirectory("portico-demo-").FullName;

    public void Dispose() => Directory.Delete(_dataPath, recursive: true);

    [Fact]
    public async Task FirstStart_KilledWhileSeeding_EndsWithOneCampaignThatStaysTheSame()
    {
        string[] admin;
        await using (var killed = new RunningApp(_dataPath, seedsDemo: true))
        {
            await killed.InitializeAsync();
            admin = (await killed.LineAsync("portico admin ")).Split(' ');
            await killed.KillAsync();
        }

        // The password is shown before it counts: killed in between, the next start shows another.
        string code;
        await using (var second = new RunningApp(_dataPath, seedsDemo: true))
        {
            await second.InitializeAsync();
            code = (await second.LineAsync("portico demo ", Patience)).Split("/v/")[1];
            admin = second.Output.Contains("portico admin ", StringComparison.Ordinal) ? (await second.LineAsync("portico admin ")).Split(' ') : admin;
        }

        await using var third = new RunningApp(_dataPath, seedsDemo: true);
        await third.InitializeAsync();
        (await third.LineAsync("portico demo ")).ShouldEndWith("/v/" + code);
        third.Output.ShouldNotContain("portico admin");

        using var owner = await Campaigner.SignInAsync(third, admin[2], admin[3]);
        var project = (await owner.CallAsync("GET", "projects")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        var projectId = project.GetProperty("id").GetString();
        var assets = (await owner.CallAsync("GET", $"projects/{projectId}/assets")).GetProperty("items").EnumerateArray().ToArray();
        assets.Select(asset => asset.GetProperty("status").GetString()).ShouldBe(["ready", "ready"]);

        // Of one aspect, so that the clip covers the poster.
        SizeOf(assets, "image").ShouldBe((1500, 2000));
        SizeOf(assets, "video").ShouldBe((720, 960));
        (await owner.CallAsync("GET", $"projects/{projectId}/links")).GetProperty("items").GetArrayLength().ShouldBe(1);

        using var manifest = await owner.SendAsync("GET", $"/cdn/m/{code}.json");
        manifest.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonDocument.Parse(await manifest.Content.ReadAsStringAsync()).RootElement.GetProperty("targets").GetArrayLength().ShouldBe(1);
    }

    private static (int WidthPx, int HeightPx) SizeOf(JsonElement[] assets, string kind)
    {
        var media = assets.Single(asset => asset.GetProperty("kind").GetString() == kind).GetProperty(kind);
        return (media.GetProperty("widthPx").GetInt32(), media.GetProperty("heightPx").GetInt32());
    }
}
