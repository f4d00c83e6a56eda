using Portico.Videos;

namespace App.Tests.Videos;

public sealed class VideoSizesTests
{
    [Theory]
    [InlineData(3840, 2160, "1920x1080 1280x720 852x480")]
    [InlineData(1080, 1920, "1080x1920 720x1280 480x852")]
    [InlineData(1280, 720, "1280x720 852x480")]
    [InlineData(854, 500, "854x500")]
    [InlineData(2560, 1080, "1920x810 1280x540 852x360")]
    [InlineData(1080, 1080, "1080x1080 720x720 480x480")]
    [InlineData(17, 33, "16x32")]
    [InlineData(7680, 16, "1920x4 1280x2 852x2")]
    public void Ladder_OfSource_HasTheRungs(int widthPx, int heightPx, string rungs) =>
        string.Join(' ', VideoSizes.Ladder(widthPx, heightPx).Select(size => $"{size.WidthPx}x{size.HeightPx}")).ShouldBe(rungs);

    [Fact]
    public void Ladder_OfAnySource_IsEvenAndNeverEnlargedAndFalls()
    {
        var random = new Random(20240501);
        for (var i = 0; i < 2_000; i++)
        {
            var (width, height) = (random.Next(16, 7680), random.Next(16, 4320));
            var ladder = VideoSizes.Ladder(width, height);
            ladder.ShouldAllBe(size => size.WidthPx % 2 == 0 && size.HeightPx % 2 == 0 && size.WidthPx <= width && size.HeightPx <= height, $"{width}×{height}");
            ladder.Zip(ladder.Skip(1)).ShouldAllBe(pair => pair.Second.WidthPx * pair.Second.HeightPx < pair.First.WidthPx * pair.First.HeightPx, $"{width}×{height}");
        }
    }

    [Theory]
    [InlineData(0, 1920, 1080)]
    [InlineData(90, 1080, 1920)]
    [InlineData(-90, 1080, 1920)]
    [InlineData(180, 1920, 1080)]
    [InlineData(270, 1080, 1920)]
    public void Upright_Turned_ChangesSidesByQuarters(double degrees, int widthPx, int heightPx) =>
        VideoSizes.Upright(1920, 1080, 1, degrees).ShouldBe((widthPx, heightPx));
}
