using Portico.Vision;

namespace Vision.Tests;

/// <summary>Each kernel against a plain, slow reference that follows the definition.</summary>
public sealed class KernelTests
{
    [Theory]
    [InlineData(100, 80, 50, 40)]
    [InlineData(101, 67, 37, 41)]
    [InlineData(64, 64, 64, 64)]
    [InlineData(640, 3, 7, 1)]
    public void Scale_AnySize_IsTheMeanOfTheAreaCovered(int width, int height, int newWidth, int newHeight)
    {
        var image = TestImages.Noise(width, height, seed: 11);

        var scaled = AreaResample.Scale(image.View, newWidth, newHeight);
        double worst = 0;

        for (int y = 0; y < newHeight; y++)
        {
            for (int x = 0; x < newWidth; x++)
            {
                double expected = MeanOfArea(image, x * (double)width / newWidth, (x + 1) * (double)width / newWidth,
                    y * (double)height / newHeight, (y + 1) * (double)height / newHeight);
                worst = Math.Max(worst, Math.Abs(scaled[x, y] - expected));
            }
        }
        worst.ShouldBeLessThanOrEqualTo(0.5001);
    }

    private static double MeanOfArea(GrayImage image, double left, double right, double top, double bottom)
    {
        double sum = 0;
        for (int y = (int)top; y < Math.Min(image.Height, Math.Ceiling(bottom)); y++)
        {
            for (int x = (int)left; x < Math.Min(image.Width, Math.Ceiling(right)); x++)
            {
                double w = Math.Min(x + 1, right) - Math.Max(x, left), h = Math.Min(y + 1, bottom) - Math.Max(y, top);
                sum += image[x, y] * w * h;
            }
        }
        return sum / ((right - left) * (bottom - top));
    }

    [Theory]
    [InlineData(40, 30)]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void Smooth_AnySize_IsTheWeightedMeanOfFiveByFive(int width, int height)
    {
        var image = TestImages.Noise(width, height, seed: 12);

        BinomialSmooth.Apply(image).Pixels.ShouldBe(KernelReferences.Smooth(image).Pixels);
    }

    [Fact]
    public void FindCorners_Noise_AreThePixelsThatMeetTheDefinition()
    {
        var image = TestImages.Noise(60, 50, seed: 13);
        var expected = KernelReferences.Corners(image, threshold: 20, margin: 5);

        FastCorners.Find(image, threshold: 20, margin: 5).ShouldBe(expected);
        expected.Count.ShouldBeGreaterThan(50);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1, 8)]
    [InlineData(0, 1, 16)]
    [InlineData(-1, 0, 32)]
    [InlineData(0, -1, 48)]
    public void Orientation_OfARamp_PointsUphill(int dx, int dy, int expected)
    {
        var image = new GrayImage(41, 41);
        for (int y = 0; y < 41; y++)
        {
            for (int x = 0; x < 41; x++)
                image.Pixels[y * 41 + x] = (byte)(128 + 3 * (dx * (x - 20) + dy * (y - 20)));
        }

        CornerOrientation.Of(image, 20, 20).ShouldBe((byte)expected);
    }

    [Fact]
    public void Describe_QuarterTurn_TurnsTheOrientationAndKeepsTheBits()
    {
        var image = BinomialSmooth.Apply(TestImages.Poster(61, 61, seed: 14, rectangles: 60));
        var turned = TestImages.Turned(image);
        Span<byte> before = stackalloc byte[32], after = stackalloc byte[32];

        byte orientation = CornerOrientation.Of(image, 30, 30), orientationAfter = CornerOrientation.Of(turned, 30, 30);
        SteeredBrief.Describe(image, 30, 30, orientation, before);
        SteeredBrief.Describe(turned, 30, 30, orientationAfter, after);

        orientationAfter.ShouldBe((byte)((orientation + 16) & 63));
        // Rounding half a pixel up isn't symmetric under a turn: a few points land next to where they were.
        SteeredBrief.Distance(before, after).ShouldBeLessThan(24);
    }

    [Fact]
    public void Pattern_AllPairs_KeepTheWrittenRule()
    {
        var p = BriefPattern.Points;
        p.Length.ShouldBe(1024);
        for (int i = 0; i < p.Length; i += 4)
        {
            (p[i] * p[i] + p[i + 1] * p[i + 1]).ShouldBeLessThanOrEqualTo(144);
            ((p[i] - p[i + 2]) * (p[i] - p[i + 2]) + (p[i + 1] - p[i + 3]) * (p[i + 1] - p[i + 3])).ShouldBeGreaterThanOrEqualTo(9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(31)]
    public void TemplateCodec_AnyImage_DecodesWithinNear(int near)
    {
        foreach (var image in new[] { TestImages.Noise(70, 41, seed: 15), TestImages.Poster(91, 77, seed: 16), TestImages.Flat(33, 20), TestImages.Noise(1, 1, seed: 17) })
        {
            byte[] code = TemplateCodec.Encode(image, near);
            var decoded = TemplateCodec.Decode(code, image.Width, image.Height, near);
            image.Pixels.Zip(decoded.Pixels, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(near);
            if (code.Length > 1)
                Should.Throw<InvalidDataException>(() => TemplateCodec.Decode(code.AsSpan(0, code.Length / 2), image.Width, image.Height, near));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    public void TiltedView_AnyDirection_KnowsWhereEachPixelComesFrom(int direction)
    {
        // Pictures whose grey says where on them one is.
        var across = new GrayImage(240, 200);
        var down = new GrayImage(240, 200);
        for (int i = 0; i < across.Pixels.Length; i++)
        {
            across.Pixels[i] = (byte)(i % 240);
            down.Pixels[i] = (byte)(i / 240);
        }
        var (tiltedAcross, tiltedDown) = (TiltedView.Of(across, direction), TiltedView.Of(down, direction));

        int inside = 0;
        double worst = 0;
        for (int y = 0; y < tiltedAcross.Image.Height; y++)
        {
            for (int x = 0; x < tiltedAcross.Image.Width; x++)
            {
                if (tiltedAcross.OnPicture(x, y) is not var (u, v))
                    continue;
                inside++;
                worst = Math.Max(worst, Math.Abs(u * 240 / 65536.0 - 0.5 - tiltedAcross.Image[x, y]));
                worst = Math.Max(worst, Math.Abs(v * 200 / 65536.0 - 0.5 - tiltedDown.Image[x, y]));
            }
        }

        inside.ShouldBeGreaterThan(700);
        // Half a grey step of rounding in each of two resamplings, and a sliver for the last odd column.
        worst.ShouldBeLessThan(1.7);
    }
}
