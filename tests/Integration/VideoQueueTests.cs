using System.Diagnostics;

namespace Integration;

/// <summary>Many uploads at once on a machine that can transcode one video at a time.</summary>
[Collection(AppCollection.Name)]
public sealed class VideoQueueTests(RunningApp app)
{
    [Fact]
    public async Task Upload_TenVideosAtOnce_AreTranscodedByOneFfmpegAfterTheOther()
    {
        using var me = await Campaigner.RegisterAsync(app);
        var projectId = await me.CreateProjectAsync();
        using var over = new CancellationTokenSource();
        var most = MostTranscodersAsync(over.Token);

        var videos = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => me.UploadAsync(projectId, $"{i}.mp4", "video/mp4", TestMedia.TinyClip)));
        foreach (var id in videos)
        {
            (await me.SettledAsync(id)).GetProperty("status").GetString().ShouldBe("ready");
        }

        await over.CancelAsync();
        (await most).ShouldBe(1);
    }

    /// <summary>The most ffmpeg processes of the app that transcoded at any one look. Posters and probes are other commands.</summary>
    private async Task<int> MostTranscodersAsync(CancellationToken over)
    {
        var most = 0;
        while (!over.IsCancellationRequested)
        {
            most = Math.Max(most, Process.GetProcessesByName("ffmpeg").Count(IsTranscoderOfTheApp));
            await Task.Delay(20, CancellationToken.None);
        }

        return most;
    }

    private bool IsTranscoderOfTheApp(Process process)
    {
        using (process)
        {
            try
            {
                // "pid (name) state ppid …"
                var parent = File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[1].Split(' ')[1];
                return parent == app.ProcessId.ToString() && File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("libx264", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // It ended while we looked.
            }
        }
    }
}
