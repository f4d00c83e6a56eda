using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Integration.Operations;

/// <summary>Backup and restore as <c>./run</c> does them: a process of their own, beside the running app.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("portico-backup-");

    private string BackupFile => Path.Combine(_folder.FullName, "portico.backup");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Restore_OfABackupTakenUnderWrites_HasWhatWasAcknowledgedAndEndsWhatWasOpen()
    {
        string email, password, projectId, code, openId;
        var before = new List<string>();
        await using (var app = new RunningApp(Data("first"), seedsDemo: false))
        {
            await app.InitializeAsync();
            using var me = await Campaigner.RegisterAsync(app);
            (email, password) = (me.Email, me.Password);
            var scene = new Scene(me);
            code = await scene.LinkAsync();
            projectId = scene.ProjectId;
            using var enough = new CancellationTokenSource();
            var writers = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => WriteAsync(me, before, enough.Token)));
            openId = await me.UploadAsync(projectId, "long.mp4", "video/mp4", TestMedia.LongClip());
            await me.WhenAsync(openId, status => status == "processing");
            string[] acknowledged;
            lock (before)
            {
                acknowledged = [.. before];
            }

            (await RunAsync("first", "backup", BackupFile)).ExitCode.ShouldBe(0);
            (await me.AssetAsync(openId)).GetProperty("status").GetString().ShouldBe("processing", "the clip is long enough to be open at the backup");
            await enough.CancelAsync();
            await writers;
            before.Count.ShouldBeGreaterThan(acknowledged.Length, "writes went on meanwhile");
            before.Clear();
            before.AddRange(acknowledged);
            await app.KillAsync();
        }

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(BackupFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await RunAsync("second", "restore", BackupFile)).ExitCode.ShouldBe(0);
        await using var restored = new RunningApp(Data("second"), seedsDemo: false);
        await restored.InitializeAsync();
        using var again = await Campaigner.SignInAsync(restored, email, password);
        var projects = await again.CallAsync("GET", "projects?limit=100");
        var found = new HashSet<string>();
        while (true)
        {
            found.UnionWith(projects.GetProperty("items").EnumerateArray().Select(project => project.GetProperty("id").GetString()!));
            if (!projects.TryGetProperty("cursor", out var cursor))
            {
                break;
            }

            projects = await again.CallAsync("GET", $"projects?limit=100&cursor={cursor.GetString()}");
        }

        before.Count.ShouldBeGreaterThan(10);
        before.Except(found).ShouldBeEmpty("acknowledged before the backup began");
        await PlaysAsync(again, code);
        var ended = await again.SettledAsync(openId);
        ended.GetProperty("status").GetString().ShouldBe("ready", ended.ToString());
    }

    [Fact]
    public async Task Restore_OfADamagedFileOrIntoAFolderInUse_IsRefusedAndLeavesNothing()
    {
        Directory.CreateDirectory(Data("first"));
        await using (var app = new RunningApp(Data("first"), seedsDemo: false))
        {
            await app.InitializeAsync();
        }

        (await RunAsync("first", "backup", BackupFile)).ExitCode.ShouldBe(0, "a host need not run");
        var whole = await File.ReadAllBytesAsync(BackupFile);
        var damaged = Path.Combine(_folder.FullName, "damaged.backup");
        foreach (var (what, bytes) in new[]
        {
            ("cut before its list of contents", whole[..(whole.Length - 8192)]),
            ("one bit of a database", Changed(whole, whole.AsSpan().IndexOf("SQLite format 3"u8) + 5000)),
            ("one bit of the list of contents", Changed(whole, whole.AsSpan().IndexOf("takenAt"u8) + 15)),
        })
        {
            await File.WriteAllBytesAsync(damaged, bytes);
            var result = await RunAsync("second", "restore", damaged);
            result.ExitCode.ShouldBe(1, what);
            result.Errors.ShouldContain("use of another backup", customMessage: what);
            result.Errors.ShouldNotContain("   at ", customMessage: what);
        }

        Directory.GetFileSystemEntries(_folder.FullName).Select(Path.GetFileName).ShouldBe(["first", "portico.backup", "damaged.backup"], ignoreOrder: true);

        var twice = await RunAsync("first", "backup", BackupFile);
        twice.ExitCode.ShouldBe(1);
        twice.Errors.ShouldContain("exists already");

        File.WriteAllText(Path.Combine(Data("first"), "mine.txt"), "mine");
        var refused = await RunAsync("first", "restore", BackupFile);
        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldContain("--force");
        File.Exists(Path.Combine(Data("first"), "mine.txt")).ShouldBeTrue();

        (await RunAsync("first", "restore", BackupFile, "--force")).ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(Data("first"), "mine.txt")).ShouldBeFalse();
        var aside = Directory.GetDirectories(_folder.FullName, "first.before-*").ShouldHaveSingleItem();
        File.Exists(Path.Combine(aside, "mine.txt")).ShouldBeTrue();
    }

    private static byte[] Changed(byte[] bytes, int at)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] ^= 1;
        return changed;
    }

    /// <summary>Creates projects until it is enough, noting each that was acknowledged.</summary>
    private static async Task WriteAsync(Campaigner me, List<string> acknowledged, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var id = await me.CreateProjectAsync();
            lock (acknowledged)
            {
                acknowledged.Add(id);
            }
        }
    }

    private static async Task PlaysAsync(Campaigner me, string code)
    {
        using var answer = await me.SendAsync("GET", $"/cdn/m/{code}.json");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var manifest = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        var urls = Urls(manifest).Distinct().ToList();
        urls.Count.ShouldBeGreaterThan(2, manifest.ToString());
        foreach (var url in urls)
        {
            using var media = await me.SendAsync("GET", url);
            media.StatusCode.ShouldBe(HttpStatusCode.OK, url);
            media.Headers.CacheControl!.ToString().ShouldContain("immutable");
            (await media.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThan(100, url);
        }
    }

    private static IEnumerable<string> Urls(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Urls(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Urls),
        JsonValueKind.String when element.GetString()!.StartsWith("/cdn/", StringComparison.Ordinal) => [element.GetString()!],
        _ => [],
    };

    private string Data(string name) => Path.Combine(_folder.FullName, name);

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string data, params string[] command)
    {
        var start = RunningApp.Command(command);
        start.Environment["Portico__DataPath"] = Data(data);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        TestContext.Current.TestOutputHelper?.WriteLine(await output + await errors);
        return (process.ExitCode, await output, await errors);
    }
}
