using Portico.Vision;

namespace Vision.Tests;

public sealed class MarkerCompilerTests
{
    [Fact]
    public void Compile_BusyPoster_FillsTheFileWithinItsBudget()
    {
        var marker = MarkerCompiler.Compile(TestImages.Poster(1024, 768, seed: 1).View);

        marker.File.Length.ShouldBeInRange(10_000, 25_000);
        marker.KeypointCount.ShouldBeInRange(350, 478);
        marker.Quality.Score.ShouldBeGreaterThan(70);
        (marker.WidthPx, marker.HeightPx).ShouldBe((1024, 768));
    }

    [Fact]
    public void Compile_Twice_GivesTheSameBytes()
    {
        var image = TestImages.Poster(700, 500, seed: 2);

        MarkerCompiler.Compile(image.View).File.ShouldBe(MarkerCompiler.Compile(image.View).File);
    }

    [Fact]
    public void Compile_PaddedRows_GivesTheBytesOfUnpaddedRows()
    {
        var image = TestImages.Poster(301, 200, seed: 3);
        var padded = new byte[320 * 200];
        new Random(3).NextBytes(padded);
        for (int y = 0; y < 200; y++)
            image.Row(y).CopyTo(padded.AsSpan(y * 320));

        var marker = MarkerCompiler.Compile(new GrayImageView(padded, 301, 200, 320));

        marker.File.ShouldBe(MarkerCompiler.Compile(image.View).File);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 400)]
    [InlineData(400, 1)]
    [InlineData(20, 20)]
    [InlineData(60, 37)]
    [InlineData(2048, 12)]
    public void Compile_TooSmallToTrack_ScoresNothingAndSaysWhatToDo(int width, int height)
    {
        var marker = MarkerCompiler.Compile(TestImages.Noise(width, height, seed: 4).View);

        if (Math.Min(width, height) < 36)
        {
            marker.KeypointCount.ShouldBe(0);
            marker.Quality.Score.ShouldBe(0);
        }
        marker.Quality.Advice.ShouldContain(a => a.Code == "small_picture");
        MarkerFile.Parse(marker.File).SourceWidthPx.ShouldBe(width);
    }

    [Fact]
    public void Compile_FlatImage_ScoresNothingAndSaysWhatToDo()
    {
        var marker = MarkerCompiler.Compile(TestImages.Flat(800, 600).View);

        marker.KeypointCount.ShouldBe(0);
        marker.Quality.Score.ShouldBe(0);
        marker.Quality.Advice.ShouldNotBeEmpty();
        marker.File.Length.ShouldBeLessThan(6_000);
    }

    [Fact]
    public void Compile_SoftGradient_ScoresBelowABusyPoster()
    {
        var gradient = new GrayImage(800, 600);
        for (int y = 0; y < 600; y++)
        {
            for (int x = 0; x < 800; x++)
                gradient.Pixels[y * 800 + x] = (byte)((x + y) / 6);
        }

        int soft = MarkerCompiler.Compile(gradient.View).Quality.Score;

        soft.ShouldBeLessThan(20);
        MarkerCompiler.Compile(TestImages.Poster(800, 600, seed: 5).View).Quality.Score.ShouldBeGreaterThan(soft + 40);
    }

    [Fact]
    public void Compile_DetailInOneCorner_LosesPointsForSpread()
    {
        var corner = TestImages.Flat(800, 600);
        var detail = TestImages.Poster(200, 150, seed: 6);
        for (int y = 0; y < 150; y++)
            detail.Row(y).CopyTo(corner.Row(y));

        var quality = MarkerCompiler.Compile(corner.View).Quality;

        quality.Parts.Single(p => p.Name == "spread").Score.ShouldBeLessThan(40);
        quality.Advice.ShouldContain(a => a.Code == "empty_areas");
    }

    [Fact]
    public void Compile_PatternThatRepeats_LosesPointsForUniqueness()
    {
        var tile = TestImages.Poster(64, 64, seed: 7, rectangles: 12);
        var wallpaper = new GrayImage(640, 640);
        for (int y = 0; y < 640; y++)
        {
            for (int x = 0; x < 640; x++)
                wallpaper.Pixels[y * 640 + x] = tile[x % 64, y % 64];
        }

        var quality = MarkerCompiler.Compile(wallpaper.View).Quality;

        quality.Parts.Single(p => p.Name == "uniqueness").Score.ShouldBeLessThan(40);
        quality.Advice.ShouldContain(a => a.Code == "repetitive");
    }

    [Fact]
    public void Compile_Cancelled_Stops()
    {
        var image = TestImages.Poster(400, 300, seed: 8);

        Should.Throw<OperationCanceledException>(() => MarkerCompiler.Compile(image.View, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(10, 0, 10)]
    [InlineData(70_000, 1, 70_000)]
    [InlineData(10, 10, 9)]
    [InlineData(11, 10, 11)]
    public void GrayImageView_SizesThatDontFit_Throws(int width, int height, int stride)
    {
        Should.Throw<ArgumentException>(() => { _ = new GrayImageView(new byte[100], width, height, stride); });
    }

    [Fact]
    public void Compile_WrittenFile_ReadsBackAsWritten()
    {
        var image = TestImages.Poster(900, 700, seed: 9);
        var marker = MarkerCompiler.Compile(image.View);

        var file = MarkerFile.Parse(marker.File);

        file.Keypoints.Count.ShouldBe(marker.KeypointCount);
        file.Views.Sum(v => v.KeypointCount).ShouldBe(marker.KeypointCount);
        file.QualityScore.ShouldBe(marker.Quality.Score);
        file.ToBytes().ShouldBe(marker.File);
        var template = TemplateCodec.Decode(file.TemplateCode, file.TemplateWidthPx, file.TemplateHeightPx, file.TemplateNear);
        var expected = AreaResample.Scale(image.View, file.TemplateWidthPx, file.TemplateHeightPx);
        expected.Pixels.Zip(template.Pixels, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(file.TemplateNear);
    }

    [Fact]
    public void Parse_AnyDamagedByte_IsRefused()
    {
        byte[] file = MarkerCompiler.Compile(TestImages.Poster(300, 200, seed: 10).View).File;
        var random = new Random(10);
        for (int i = 0; i < 100; i++)
        {
            // The header's own fields are covered by what they mean.
            int at = random.Next(MarkerFile.HeaderBytes, file.Length);
            var damaged = (byte[])file.Clone();
            damaged[at] ^= (byte)(1 << random.Next(8));
            Should.Throw<InvalidDataException>(() => MarkerFile.Parse(damaged));
        }
        for (int length = 0; length < file.Length; length += 397)
            Should.Throw<InvalidDataException>(() => MarkerFile.Parse(file.AsSpan(0, length)));
    }
}
