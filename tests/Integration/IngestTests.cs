using System.Net;
using System.Text.Json;
using Portico.Assets;
using Portico.Http;

namespace Integration;

[Collection(AppCollection.Name)]
public sealed class IngestTests(RunningApp app) : IAsyncLifetime
{
    private Campaigner _me = null!;
    private string _projectId = "";

    public async ValueTask InitializeAsync()
    {
        _me = await Campaigner.RegisterAsync(app);
        _projectId = await _me.CreateProjectAsync();
    }

    public ValueTask DisposeAsync()
    {
        _me.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Image_FromAPhone_BecomesRenditionsAndAMarker()
    {
        var asset = await _me.SettledAsync(await _me.UploadAsync(_projectId, "poster.jpg", "image/jpeg", TestMedia.Photo));

        asset.GetProperty("status").GetString().ShouldBe("ready", asset.ToString());
        var image = asset.GetProperty("image");
        image.GetProperty("widthPx").GetInt32().ShouldBe(1600);
        image.GetProperty("heightPx").GetInt32().ShouldBe(1200);
        foreach (var rendition in image.GetProperty("renditions").EnumerateArray().Append(image.GetProperty("thumbnail")))
        {
            await ServesAsync(rendition.GetProperty("url").GetString()!, rendition.GetProperty("bytes").GetInt64(), rendition.GetProperty("contentType").GetString()!);
        }

        var marker = await _me.CallAsync("GET", $"markers/{asset.GetProperty("markerId").GetString()}");
        marker.GetProperty("keypointCount").GetInt32().ShouldBeGreaterThan(20);
        marker.GetProperty("assetId").GetString().ShouldBe(asset.GetProperty("id").GetString());
        var heat = marker.GetProperty("heatMap");
        heat.GetProperty("cells").GetBytesFromBase64().Length.ShouldBe(heat.GetProperty("columns").GetInt32() * heat.GetProperty("rows").GetInt32());
        await ServesAsync(marker.GetProperty("url").GetString()!, marker.GetProperty("bytes").GetInt64(), null);

        // The same picture once more: phones can't tell the two apart, and the advice ends with the first one.
        var again = await _me.SettledAsync(await _me.UploadAsync(_projectId, "poster-2.jpg", "image/jpeg", TestMedia.Photo));
        var twin = $"markers/{again.GetProperty("markerId").GetString()}";
        var similar = (await _me.CallAsync("GET", twin)).GetProperty("advice").EnumerateArray().Single(advice => advice.GetProperty("code").GetString() == "similar_marker");
        similar.GetProperty("markerId").GetString().ShouldBe(asset.GetProperty("markerId").GetString());
        similar.GetProperty("text").GetString().ShouldNotBeNull().ShouldContain("poster.jpg");
        await _me.CallAsync("DELETE", $"assets/{asset.GetProperty("id").GetString()}", expected: HttpStatusCode.NoContent);
        (await _me.CallAsync("GET", twin)).GetProperty("advice").EnumerateArray().ShouldNotContain(advice => advice.GetProperty("code").GetString() == "similar_marker");
    }

    [Fact]
    public async Task Video_BecomesALadderAndAPoster()
    {
        var asset = await _me.SettledAsync(await _me.UploadAsync(_projectId, "clip.mp4", "video/mp4", TestMedia.Clip));

        asset.GetProperty("status").GetString().ShouldBe("ready", asset.ToString());
        var video = asset.GetProperty("video");
        video.GetProperty("durationSeconds").GetDouble().ShouldBe(2, 0.1);
        video.GetProperty("hasAudio").GetBoolean().ShouldBeTrue();
        video.GetProperty("renditions").GetArrayLength().ShouldBeGreaterThan(0);
        foreach (var rendition in video.GetProperty("renditions").EnumerateArray())
        {
            await ServesAsync(rendition.GetProperty("url").GetString()!, rendition.GetProperty("bytes").GetInt64(), "video/mp4");
        }
    }

    public static TheoryData<string, string, string> BadFiles => new()
    {
        { "empty.jpg", "image/jpeg", AssetFailures.FileEmpty.Code },
        { "text.jpg", "image/jpeg", AssetFailures.ImageNotAnImage.Code },
        { "truncated.jpg", "image/jpeg", AssetFailures.ImageTruncated.Code },
        { "enormous.png", "image/png", AssetFailures.ImageTooManyPixels.Code },
        { "60mp.jpg", "image/jpeg", AssetFailures.ImageTooManyPixels.Code },
        { "sound.mp4", "video/mp4", AssetFailures.VideoNoVideoStream.Code },
        { "playlist.mp4", "video/mp4", AssetFailures.VideoNotAVideo.Code },
        { "16k.mov", "video/quicktime", AssetFailures.VideoTooManyPixels.Code },
        { "truncated.mp4", "video/mp4", AssetFailures.VideoTruncated.Code },
        { "large.jpg", "image/jpeg", AssetFailures.FileTooLarge.Code },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task BadFile_EndsAsFailedWithWordsForAPerson(string name, string contentType, string code)
    {
        // Announced as small: what counts is what arrives.
        var (assetId, url) = await _me.AnnounceAsync(_projectId, name, contentType, 10);
        await _me.PutAsync(url, BadFile(name), contentType);
        var asset = await _me.SettledAsync(assetId);

        asset.GetProperty("status").GetString().ShouldBe("failed");
        asset.GetProperty("failure").GetProperty("code").GetString().ShouldBe(code);
        asset.GetProperty("failure").GetProperty("message").GetString()!.Length.ShouldBeGreaterThan(20);
        asset.TryGetProperty("image", out _).ShouldBeFalse();
        asset.TryGetProperty("markerId", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Upload_WrittenAgainAfterIngestBegan_ChangesNothing()
    {
        var (assetId, url) = await _me.AnnounceAsync(_projectId, "poster.jpg", "image/jpeg", TestMedia.Photo.Length);
        await _me.PutAsync(url, TestMedia.Photo);
        await _me.WhenAsync(assetId, status => status != "awaitingUpload");
        await _me.PutAsync(url, TestMedia.OtherPhoto);
        var during = await _me.SettledAsync(assetId);
        await _me.PutAsync(url, TestMedia.OtherPhoto);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var after = await _me.AssetAsync(assetId);

        // Which of the two was pinned is the race's to decide; that it was one of them, whole, is ours.
        during.GetProperty("status").GetString().ShouldBe("ready", during.ToString());
        var size = (during.GetProperty("image").GetProperty("widthPx").GetInt32(), during.GetProperty("source").GetProperty("bytes").GetInt64());
        size.ShouldBeOneOf((1600, TestMedia.Photo.LongLength), (900, TestMedia.OtherPhoto.LongLength));
        after.ToString().ShouldBe(during.ToString());
    }

    [Fact]
    public async Task Upload_TheSameEventTwice_IngestsOnce()
    {
        var (assetId, url) = await _me.AnnounceAsync(_projectId, "poster.jpg", "image/jpeg", TestMedia.Photo.Length);
        await Task.WhenAll(_me.PutAsync(url, TestMedia.Photo), _me.PutAsync(url, TestMedia.Photo));
        var first = await _me.SettledAsync(assetId);
        await _me.PutAsync(url, TestMedia.Photo);
        await Task.Delay(TimeSpan.FromSeconds(2));

        first.GetProperty("status").GetString().ShouldBe("ready", first.ToString());
        (await _me.AssetAsync(assetId)).ToString().ShouldBe(first.ToString());
    }

    [Fact]
    public async Task Storage_AwayForTwentySeconds_DelaysAndLosesNothing()
    {
        var (assetId, url) = await _me.AnnounceAsync(_projectId, "clip.mp4", "video/mp4", TestMedia.Clip.Length);
        await _me.PutAsync(url, TestMedia.Clip);
        await _me.WhenAsync(assetId, status => status != "awaitingUpload");

        var azurite = app.AzuriteProcessIds();
        azurite.ShouldNotBeEmpty();
        await SignalAsync("STOP", azurite);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(20));
        }
        finally
        {
            await SignalAsync("CONT", azurite);
        }

        var asset = await _me.SettledAsync(assetId);
        asset.GetProperty("status").GetString().ShouldBe("ready", asset.ToString());
    }

    [Fact]
    public async Task DeleteAsset_TakesItsMediaWithIt()
    {
        var assetId = await _me.UploadAsync(_projectId, "poster.jpg", "image/jpeg", TestMedia.OtherPhoto);
        var asset = await _me.SettledAsync(assetId);
        var url = asset.GetProperty("image").GetProperty("thumbnail").GetProperty("url").GetString()!;

        await _me.CallAsync("DELETE", $"assets/{assetId}", expected: HttpStatusCode.NoContent);

        using var gone = await _me.SendAsync("GET", $"assets/{assetId}");
        await gone.ShouldBeAsync(ErrorCatalogue.NotFound);
        using var media = await _me.SendAsync("GET", url);
        media.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DeleteAsset_SharingItsPictureWithAnother_LeavesTheOthersMedia()
    {
        var first = await _me.SettledAsync(await _me.UploadAsync(_projectId, "a.jpg", "image/jpeg", TestMedia.Photo));
        var second = await _me.SettledAsync(await _me.UploadAsync(_projectId, "b.jpg", "image/jpeg", TestMedia.Photo));
        var shared = second.GetProperty("image").GetProperty("thumbnail").GetProperty("url").GetString()!;
        first.GetProperty("image").GetProperty("thumbnail").GetProperty("url").GetString().ShouldBe(shared, "media are named by content");

        await _me.CallAsync("DELETE", $"assets/{first.GetProperty("id").GetString()}", expected: HttpStatusCode.NoContent);

        using var media = await _me.SendAsync("GET", shared);
        media.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task GenerateMarker_OfAReadyImage_EndsReadyWithTheSameMarker()
    {
        var before = await _me.SettledAsync(await _me.UploadAsync(_projectId, "a.jpg", "image/jpeg", TestMedia.Photo));
        var assetId = before.GetProperty("id").GetString()!;

        var accepted = await _me.CallAsync("POST", "markers/generate", new { assetId }, HttpStatusCode.Accepted);
        accepted.GetProperty("status").GetString().ShouldBe("processing");

        JsonElement after;
        do
        {
            await Task.Delay(100);
            after = await _me.SettledAsync(assetId);
        }
        while (after.GetProperty("updatedAt").GetString() == before.GetProperty("updatedAt").GetString());

        after.GetProperty("status").GetString().ShouldBe("ready");
        after.GetProperty("markerId").GetString().ShouldBe(before.GetProperty("markerId").GetString());
        after.GetProperty("image").ToString().ShouldBe(before.GetProperty("image").ToString());
    }

    private async Task ServesAsync(string url, long bytes, string? contentType)
    {
        using var response = await _me.SendAsync("GET", url);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, url);
        (await response.Content.ReadAsByteArrayAsync()).LongLength.ShouldBe(bytes, url);
        response.Headers.CacheControl!.ToString().ShouldContain("immutable");
        if (contentType is not null)
        {
            response.Content.Headers.ContentType!.MediaType.ShouldBe(contentType);
        }
    }

    private static byte[] BadFile(string name) => name switch
    {
        "empty.jpg" => [],
        "text.jpg" => "This is not a picture."u8.ToArray(),
        "truncated.jpg" => TestMedia.Photo[..(TestMedia.Photo.Length / 2)],
        "enormous.png" => TestMedia.EnormousPng(),
        "60mp.jpg" => TestMedia.SixtyMegapixels(),
        "sound.mp4" => TestMedia.SoundOnly(),
        "playlist.mp4" => TestMedia.Playlist(),
        "16k.mov" => TestMedia.SixteenK(),
        "truncated.mp4" => TestMedia.Clip[..(TestMedia.Clip.Length / 2)],
        "large.jpg" => new byte[MediaLimits.MaxImageBytes + 1],
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static async Task SignalAsync(string signal, IReadOnlyList<int> processIds)
    {
        foreach (var id in processIds)
        {
            using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", id.ToString()]);
            await kill.WaitForExitAsync();
        }
    }
}
