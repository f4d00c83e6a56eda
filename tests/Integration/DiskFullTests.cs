using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Portico.Http;
using Portico.Storage;

namespace Integration;

/// <summary>The data folder on a disk of 48 MiB that fills up and is freed again.</summary>
public sealed class DiskFullTests(ITestOutputHelper output) : IAsyncDisposable
{
    private readonly string _disk = Directory.CreateTempSubdirectory("portico-full-").FullName;
    private bool _isMounted;

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await RunAsync("umount", _disk);
        }

        Directory.Delete(_disk, recursive: true);
    }

    [Fact]
    public async Task Disk_FullAndFreedAgain_NothingAcknowledgedIsLostAndAllGoesOn()
    {
        _isMounted = await RunAsync("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", _disk);
        Assert.SkipUnless(_isMounted, "NOT TESTED: a full disk. This machine doesn't let the tests mount a tmpfs of their own (root is needed).");
        var dataPath = Path.Combine(_disk, "data");
        var acknowledged = new List<string>();
        string projectId;
        await using (var app = new RunningApp(dataPath, seedsDemo: false))
        {
            await app.InitializeAsync();
            using var me = await Campaigner.RegisterAsync(app);
            projectId = await me.CreateProjectAsync("Before");
            acknowledged.Add(projectId);
            var (early, earlyUrl) = await me.AnnounceAsync(projectId, "early.jpg", "image/jpeg", TestMedia.OtherPhoto.Length);
            var (late, lateUrl) = await me.AnnounceAsync(projectId, "late.jpg", "image/jpeg", TestMedia.OtherPhoto.Length);

            // An upload that was acknowledged just before; its orchestration runs into the full disk.
            await me.PutAsync(earlyUrl, TestMedia.OtherPhoto, "image/jpeg");
            var ballast = Path.Combine(_disk, "ballast");
            Fill(ballast);
            await WriteUntilRefusedAsync(me, acknowledged);
            await RefusedInFullAsync(me, lateUrl);
            (await me.CallAsync("GET", "projects")).GetProperty("items").GetArrayLength().ShouldBeGreaterThan(0, "reading needs no room");

            // Time for the triggers and the durable engine to run into it more than once.
            await Task.Delay(TimeSpan.FromSeconds(3));
            File.Delete(ballast);
            await CreatedWithinAsync(me, TimeSpan.FromSeconds(10), acknowledged);
            (await me.SettledAsync(early)).GetProperty("status").GetString().ShouldBe("ready");
            await me.PutAsync(lateUrl, TestMedia.OtherPhoto, "image/jpeg");
            (await me.SettledAsync(late)).GetProperty("status").GetString().ShouldBe("ready");
            await AllThereAsync(me, acknowledged);
            output.WriteLine($"{acknowledged.Count} projects were acknowledged, {app.Output.Split('\n').Count(line => line.Contains("disk", StringComparison.OrdinalIgnoreCase))} lines of the log speak of the disk");

            await using var again = await RestartedAsync(app, dataPath);
            using var meAgain = await Campaigner.SignInAsync(again, me.Email, me.Password);
            await AllThereAsync(meAgain, acknowledged);
            (await meAgain.AssetAsync(early)).GetProperty("status").GetString().ShouldBe("ready");
        }

        foreach (var file in new[] { "portico.db", "durable.db", "host.db" })
        {
            await using var database = SqliteDatabase.Open(Path.Combine(dataPath, file), "SELECT 1");
            database.Read(session => (string)session.Statement("PRAGMA integrity_check").ExecuteScalar()!).ShouldBe("ok", file);
        }
    }

    private static async Task<RunningApp> RestartedAsync(RunningApp app, string dataPath)
    {
        await app.DisposeAsync();
        var again = new RunningApp(dataPath, seedsDemo: false);
        await again.InitializeAsync();
        return again;
    }

    /// <summary>Creates projects until there is no room. Each answer is either durable or a refusal that says why.</summary>
    private static async Task WriteUntilRefusedAsync(Campaigner me, List<string> acknowledged)
    {
        for (var i = 0; i < 3_000; i++)
        {
            using var response = await me.SendJsonAsync("POST", "projects", $$"""{"name":"{{i}} {{new string('x', 80)}}"}""");
            if (response.StatusCode != HttpStatusCode.Created)
            {
                await response.ShouldBeAsync(ErrorCatalogue.StorageFull);
                response.Headers.RetryAfter.ShouldNotBeNull();
                return;
            }

            acknowledged.Add(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!);
        }

        throw new InvalidOperationException("The disk never filled up.");
    }

    private static async Task RefusedInFullAsync(Campaigner me, string uploadUrl)
    {
        using var response = await me.SendAsync("PUT", uploadUrl, new ByteArrayContent(TestMedia.OtherPhoto), ("x-ms-blob-type", "BlockBlob"));
        ((int)response.StatusCode).ShouldBeGreaterThanOrEqualTo(500, "no upload may be acknowledged that can't be kept");
    }

    private static async Task CreatedWithinAsync(Campaigner me, TimeSpan patience, List<string> acknowledged)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var response = await me.SendJsonAsync("POST", "projects", """{"name":"After"}""");
            if (response.StatusCode == HttpStatusCode.Created)
            {
                acknowledged.Add(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!);
                return;
            }

            clock.Elapsed.ShouldBeLessThan(patience, await response.Content.ReadAsStringAsync());
            await Task.Delay(200);
        }
    }

    private static async Task AllThereAsync(Campaigner me, IEnumerable<string> acknowledged)
    {
        foreach (var id in acknowledged)
        {
            (await me.CallAsync("GET", $"projects/{id}")).GetProperty("id").GetString().ShouldBe(id);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 4096, 1 })
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full to within this size.
            }
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
