using System.Net;

namespace Integration;

/// <summary>A project with a picture, a clip and a link, made through the API.</summary>
public sealed class Scene(Campaigner owner)
{
    public string ProjectId { get; private set; } = "";

    public string ImageId { get; private set; } = "";

    public string VideoId { get; private set; } = "";

    /// <summary>Uploads both, waits until they are ready, makes the link; its code.</summary>
    public async Task<string> LinkAsync(string title = "Poster")
    {
        ProjectId = await owner.CreateProjectAsync();
        ImageId = await owner.UploadAsync(ProjectId, "poster.jpg", "image/jpeg", TestMedia.Photo);
        VideoId = await owner.UploadAsync(ProjectId, "clip.mp4", "video/mp4", TestMedia.Clip);
        foreach (var id in new[] { ImageId, VideoId })
        {
            var asset = await owner.SettledAsync(id);
            asset.GetProperty("status").GetString().ShouldBe("ready", asset.ToString());
        }

        var link = await owner.CallAsync("POST", $"projects/{ProjectId}/links", new { title, targets = new[] { new { imageAssetId = ImageId, contentAssetId = VideoId } } }, HttpStatusCode.Created);
        return link.GetProperty("code").GetString()!;
    }
}
