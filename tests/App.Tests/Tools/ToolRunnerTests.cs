using System.Diagnostics;
using Portico.Tools;

namespace App.Tests.Tools;

public sealed class ToolRunnerTests : IDisposable
{
    private static readonly ToolLimits Roomy = new(1L << 30, 2L << 30, 64L << 20, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    private static readonly string[] Endless = ["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=64x64", "-f", "null", "-"];

    private const string EndlessToolRoot = "PORTICO_TEST_ENDLESS_TOOL_ROOT";

    private readonly Workbench _bench = new();
    private readonly ToolRunner _tools = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task RunAsync_ToolSucceeds_ReturnsItsOutput()
    {
        var result = await RunAsync(Tool.Ffmpeg, ["-v", "error", "-f", "lavfi", "-i", "color=red:s=4x2", "-frames:v", "1", "-f", "framemd5", "-"]);

        result.Succeeded.ShouldBeTrue(result.Errors);
        result.Output.ShouldContain("#dimensions 0: 4x2");
    }

    [Fact]
    public async Task RunAsync_ToolRefuses_ReturnsItsExitCodeAndReason()
    {
        var result = await RunAsync(Tool.Ffmpeg, ["-v", "error", "-i", "absent.mp4", "-f", "null", "-"]);

        result.End.ShouldBe(ToolEnd.Exited);
        result.ExitCode.ShouldNotBe(0);
        result.Errors.ShouldContain("No such file or directory");
    }

    [Fact]
    public async Task RunAsync_ArgumentHoldsShellSyntax_ReachesTheToolAsIs()
    {
        var result = await RunAsync(Tool.Ffmpeg, ["-v", "error", "-i", "$(touch pwned); `touch pwned` && touch pwned", "-f", "null", "-"]);

        result.Errors.ShouldContain("$(touch pwned); `touch pwned` && touch pwned");
        File.Exists(_bench.Folder.File("pwned")).ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_ProgressLines_ArriveInOrderWhileItRuns()
    {
        var lines = new List<string>();

        var result = await _tools.RunAsync(
            Tool.Ffmpeg,
            ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=25:duration=4", "-progress", "pipe:1", "-f", "null", "-"],
            _bench.Folder, Roomy, default, lines.Add);

        result.Output.ShouldBeEmpty();
        lines[^1].ShouldBe("progress=end");
        lines.ShouldContain("out_time_us=4000000");
        lines.ShouldAllBe(line => line.Contains('='));
    }

    [Fact]
    public async Task RunAsync_ToolHangs_IsKilledByTheWallClock()
    {
        var clock = Stopwatch.StartNew();

        await Should.ThrowAsync<ToolTimeoutException>(RunAsync(Tool.Ffmpeg, Endless, Roomy with { WallClock = TimeSpan.FromSeconds(0.7) }));

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        _bench.LivingProcesses().ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_Cancelled_LeavesNoProcess()
    {
        using var cancel = new CancellationTokenSource();
        var run = _tools.RunAsync(Tool.Ffmpeg, Endless, _bench.Folder, Roomy, cancel.Token);
        await EventuallyAsync(() => _bench.LivingTools("ffmpeg").Length == 1);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        _bench.LivingProcesses().ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_NeedsMoreMemoryThanAllowed_IsRefusedIt()
    {
        _bench.Ffmpeg("-f lavfi -i color=red:s=6000x6000 -frames:v 1 large.png");
        string[] arguments = ["-v", "error", "-i", "large.png", "-f", "null", "-"];
        (await RunAsync(Tool.Ffmpeg, arguments)).Succeeded.ShouldBeTrue();

        var limited = await RunAsync(Tool.Ffmpeg, arguments, Roomy with { MemoryBytes = 100L << 20 });

        limited.Succeeded.ShouldBeFalse();
        limited.End.ShouldBe(ToolEnd.Exited);
    }

    [Fact]
    public async Task RunAsync_NeedsMoreProcessorTimeThanAllowed_IsStopped()
    {
        string[] busy = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720", "-f", "null", "-"];

        var result = await RunAsync(Tool.Ffmpeg, busy, Roomy with { CpuTime = TimeSpan.FromSeconds(1) });

        result.End.ShouldBe(ToolEnd.OutOfCpu);
        result.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task RunAsync_WritesAFileLargerThanAllowed_IsStopped()
    {
        var result = await RunAsync(
            Tool.Ffmpeg,
            ["-v", "error", "-f", "lavfi", "-i", "color=red:s=640x480:duration=5", "-f", "rawvideo", "big.raw"],
            Roomy with { FileBytes = 1 << 20 });

        result.Succeeded.ShouldBeFalse();
        new FileInfo(_bench.Folder.File("big.raw")).Length.ShouldBeLessThanOrEqualTo(1 << 20);
    }

    [Fact]
    public async Task RunAsync_FloodsStandardOutput_IsStopped()
    {
        var result = await RunAsync(Tool.Ffmpeg, ["-v", "error", "-f", "lavfi", "-i", "color=red:s=16x16", "-f", "framemd5", "-"]);

        result.End.ShouldBe(ToolEnd.TooMuchOutput);
        _bench.LivingProcesses().ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_KilledFromOutside_IsAnOutageNotAResult()
    {
        var run = RunAsync(Tool.Ffmpeg, Endless);
        await EventuallyAsync(() => _bench.LivingTools("ffmpeg").Length == 1);

        Process.GetProcessById(_bench.LivingTools("ffmpeg").Single()).Kill();

        await Should.ThrowAsync<ToolKilledException>(run);
    }

    [Fact]
    public async Task RunAsync_SecretsInOurEnvironment_AreNotInTheTools()
    {
        Environment.SetEnvironmentVariable("PORTICO_TEST_SECRET", "hunter2");
        using var cancel = new CancellationTokenSource();
        var run = _tools.RunAsync(Tool.Ffmpeg, Endless, _bench.Folder, Roomy, cancel.Token);
        await EventuallyAsync(() => _bench.LivingTools("ffmpeg").Length == 1);

        var environment = await File.ReadAllTextAsync($"/proc/{_bench.LivingTools("ffmpeg").Single()}/environ");

        environment.ShouldContain("HOME=" + _bench.Folder.FolderPath);
        environment.ShouldNotContain("PORTICO_TEST_SECRET");
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(run);
    }

    [Fact]
    public async Task RunAsync_AskingThreadEnds_ToolGoesOn()
    {
        // The parent-death signal follows the thread that started a child, not its process.
        Task<ToolResult>? run = null;
        var thread = new Thread(() => run = RunAsync(
            Tool.Ffmpeg, ["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=64x64:duration=2", "-f", "null", "-"]));
        thread.Start();
        thread.Join();

        (await run!).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_OurProcessIsKilled_ToolDiesWithIt()
    {
        using var host = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "App.Tests"), ["-method", $"{GetType().FullName}.{nameof(RunAnEndlessTool)}", "-explicit", "only"])
        {
            // Its own folder lies elsewhere, so that only its tool is counted.
            WorkingDirectory = Path.GetTempPath(),
            Environment = { [EndlessToolRoot] = _bench.Folder.FolderPath },
            RedirectStandardOutput = true,
        })!;
        host.OutputDataReceived += (_, _) => { };
        host.BeginOutputReadLine();
        await EventuallyAsync(() => _bench.LivingTools("ffmpeg").Length == 1, withinSeconds: 60);

        host.Kill();
        await host.WaitForExitAsync();

        await EventuallyAsync(() => _bench.LivingProcesses().Length == 0);
        var folders = new WorkFolders(_bench.Folder.FolderPath);
        folders.DeleteStale().ShouldBe(1);
        Directory.EnumerateFileSystemEntries(_bench.Folder.FolderPath).ShouldBeEmpty();
    }

    /// <summary>Not a test: the process that the test above kills.</summary>
    [Fact(Explicit = true)]
    public async Task RunAnEndlessTool()
    {
        using var folder = new WorkFolders(Environment.GetEnvironmentVariable(EndlessToolRoot)).Create();
        await _tools.RunAsync(Tool.Ffmpeg, Endless, folder, Roomy, default);
    }

    [Fact]
    public void Locate_NotInstalled_NamesTheDebianPackage()
    {
        new ToolMissingException(Tool.Ffmpeg).Message.ShouldBe("ffmpeg is not installed. On Debian and Ubuntu: apt-get install ffmpeg");
    }

    private Task<ToolResult> RunAsync(Tool tool, string[] arguments, ToolLimits? limits = null) =>
        _tools.RunAsync(tool, arguments, _bench.Folder, limits ?? Roomy, default);

    private static async Task EventuallyAsync(Func<bool> condition, int withinSeconds = 10)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(withinSeconds));
            await Task.Delay(20);
        }
    }
}
