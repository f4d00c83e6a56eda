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
        (await owner.CallAsync("GET", $"projects/{projectId}/assets")).GetProperty("items").EnumerateArray().Select(asset => asset.GetProperty("status").GetString()).ShouldBe(["ready", "ready"]);
        (await owner.CallAsync("GET", $"projects/{projectId}/links")).GetProperty("items").GetArrayLength().ShouldBe(1);

        using var manifest = await owner.SendAsync("GET", $"/cdn/m/{code}.json");
        manifest.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonDocument.Parse(await manifest.Content.ReadAsStringAsync()).RootElement.GetProperty("targets").GetArrayLength().ShouldBe(1);
    }
}
