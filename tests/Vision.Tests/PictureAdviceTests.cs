using Portico.Vision;

namespace Vision.Tests;

/// <summary>Where a picture can be held on to, what it can be taken for, and what would help it.</summary>
public sealed class PictureAdviceTests
{
    [Fact]
    public void HeatMap_DetailInOneCorner_IsWarmThereAndColdElsewhere()
    {
        var image = TestImages.Flat(800, 600);
        var detail = TestImages.Poster(400, 300, seed: 21);
        for (int y = 0; y < 300; y++)
            detail.Row(y).CopyTo(image.Row(y));

        var map = MarkerCompiler.Compile(image.View).HeatMap;

        (map.Columns, map.Rows, map.Cells.Length).ShouldBe((16, 12, 192));
        Mean(map, x => x < 7, y => y < 5).ShouldBeGreaterThan(150);
        Mean(map, x => x > 9, _ => true).ShouldBeLessThan(10);
        Mean(map, _ => true, y => y > 7).ShouldBeLessThan(10);
    }

    [Theory]
    [InlineData(800, 600, 12)]
    [InlineData(300, 900, 48)]
    [InlineData(1000, 40, 1)]
    [InlineData(10, 2000, 64)]
    public void HeatMap_AnyShape_HasCellsThatAreAboutSquare(int width, int height, int rows)
    {
        var map = MarkerCompiler.Compile(TestImages.Noise(width, height, seed: 22).View).HeatMap;

        map.Rows.ShouldBe(rows);
        map.Cells.Length.ShouldBe(16 * rows);
    }

    [Fact]
    public void AreAlike_ThePictureTurnedSmallerAndOverprinted_IsTakenForIt()
    {
        var poster = TestImages.Poster(800, 600, seed: 23);
        byte[] marker = Marker(poster);
        var overprinted = TestImages.Poster(800, 600, seed: 23);
        for (int y = 420; y < 600; y++)
            overprinted.Row(y).Fill(30);

        MarkerSimilarity.AreAlike(marker, marker).ShouldBeTrue();
        MarkerSimilarity.AreAlike(marker, Marker(overprinted)).ShouldBeTrue();
        MarkerSimilarity.AreAlike(Marker(TestImages.Turned(poster)), marker).ShouldBeTrue();
        MarkerSimilarity.AreAlike(Marker(AreaResample.Scale(poster.View, 400, 300)), marker).ShouldBeTrue();
    }

    [Fact]
    public void AreAlike_PicturesOfTheSameKind_AreNot()
    {
        byte[][] markers = [.. Enumerable.Range(30, 6).Select(seed => Marker(TestImages.Poster(800, 600, seed)))];

        for (int i = 0; i < markers.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                MarkerSimilarity.AreAlike(markers[i], markers[j]).ShouldBeFalse();
                MarkerSimilarity.Agreeing(markers[i], markers[j]).ShouldBeLessThan(12);
            }
        }
    }

    [Fact]
    public void AreAlike_NothingToCompare_IsFalseAndGarbageIsRefused()
    {
        byte[] flat = Marker(TestImages.Flat(400, 300));

        MarkerSimilarity.AreAlike(flat, flat).ShouldBeFalse();
        Should.Throw<InvalidDataException>(() => MarkerSimilarity.AreAlike(flat, new byte[100]));
    }

    [Fact]
    public void Advice_SmallDetailOfLowContrast_NamesWhatIsWrong()
    {
        // Fine, faint noise: nothing of it is left when the picture is small.
        var image = TestImages.Noise(900, 700, seed: 24);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(120 + image.Pixels[i] / 12);

        var quality = MarkerCompiler.Compile(image.View).Quality;

        quality.Score.ShouldBeLessThan(20);
        var codes = quality.Advice.Select(advice => advice.Code).ToArray();
        codes.ShouldContain("little_texture");
        codes.ShouldContain("low_contrast");
        codes.ShouldContain("poor_when_small");
    }

    private static byte[] Marker(GrayImage image) => MarkerCompiler.Compile(image.View).File;

    private static double Mean(MarkerHeatMap map, Func<int, bool> column, Func<int, bool> row) =>
        map.Cells.Where((_, i) => column(i % map.Columns) && row(i / map.Columns)).Average(cell => (double)cell);
}
