namespace Portico.Vision;

/// <summary>
/// Tells whether a camera may take one marker for another: keypoints that look alike and lie alike, up to a turn, a
/// size and a shift. Posters of one series that differ in a line of text are; two photographs of one place are not.
/// </summary>
public static class MarkerSimilarity
{
    /// <summary>Fewer that agree happen by chance, or by a common logo.</summary>
    private const int FewestAgreeing = 12;

    /// <summary>Of the keypoints of the marker that has fewer.</summary>
    private const double AlikeShare = 0.12;

    /// <summary>Two keypoints this near, in bits, may be the same detail.</summary>
    private const int LookalikeBits = 48;

    /// <summary>How far, in widths of the other picture, a detail may lie from where the others say it is.</summary>
    private const double ToleranceWidths = 0.05;

    /// <summary>In 64ths of a turn.</summary>
    private const int ToleranceSteps = 4;

    /// <summary>Sizes that differ by more than this aren't the same.</summary>
    private const double ToleranceSize = 1.5;

    /// <param name="marker">A marker file.</param>
    /// <param name="other">Another.</param>
    /// <exception cref="InvalidDataException">One of them isn't a marker file of this version.</exception>
    public static bool AreAlike(ReadOnlySpan<byte> marker, ReadOnlySpan<byte> other)
    {
        List<Detail> ours = Details(MarkerFile.Parse(marker)), theirs = Details(MarkerFile.Parse(other));
        int agreeing = Agreeing(ours, theirs);
        return agreeing >= FewestAgreeing && agreeing >= AlikeShare * Math.Min(ours.Count, theirs.Count);
    }

    /// <summary>The most pairs of keypoints that one similarity transform explains.</summary>
    internal static int Agreeing(ReadOnlySpan<byte> marker, ReadOnlySpan<byte> other) =>
        Agreeing(Details(MarkerFile.Parse(marker)), Details(MarkerFile.Parse(other)));

    private static int Agreeing(List<Detail> ours, List<Detail> theirs)
    {
        var pairs = new List<(Detail Our, Detail Their)>();
        foreach (var our in ours)
        {
            int least = LookalikeBits + 1;
            Detail? nearest = null;
            foreach (var their in theirs)
            {
                int bits = SteeredBrief.Distance(our.Descriptor, their.Descriptor);
                if (bits < least)
                    (least, nearest) = (bits, their);
            }
            if (nearest is not null)
                pairs.Add((our, nearest));
        }

        int most = 0;
        foreach (var (from, to) in pairs)
        {
            int turn = to.Orientation - from.Orientation & 63;
            double size = to.Size / from.Size;
            double cos = size * CornerOrientation.Cosine[turn] / 16384, sin = size * CornerOrientation.Sine(turn) / 16384;
            int agreeing = 0;
            foreach (var (our, their) in pairs)
            {
                int turned = (their.Orientation - our.Orientation - turn + 32 & 63) - 32;
                double grown = their.Size / our.Size / size;
                if (Math.Abs(turned) > ToleranceSteps || grown > ToleranceSize || grown < 1 / ToleranceSize)
                    continue;
                double dx = our.X - from.X, dy = our.Y - from.Y;
                double x = to.X + cos * dx - sin * dy - their.X, y = to.Y + sin * dx + cos * dy - their.Y;
                if (x * x + y * y < ToleranceWidths * ToleranceWidths)
                    agreeing++;
            }
            most = Math.Max(most, agreeing);
        }
        return most;
    }

    /// <summary>The keypoints of the untilted views.</summary>
    private static List<Detail> Details(MarkerFile file)
    {
        var details = new List<Detail>();
        double aspect = file.SourceHeightPx / (double)file.SourceWidthPx;
        int at = 0;
        foreach (var view in file.Views)
        {
            for (int i = 0; i < view.KeypointCount; i++, at++)
            {
                if (view.Squeeze != 0)
                    continue;
                var keypoint = file.Keypoints[at];
                details.Add(new Detail(
                    keypoint.U / 65536.0, keypoint.V / 65536.0 * aspect, 1.0 / view.WidthPx, keypoint.Orientation,
                    file.Descriptors[(at * SteeredBrief.Bytes)..((at + 1) * SteeredBrief.Bytes)]));
            }
        }
        return details;
    }

    /// <summary>A keypoint: where, in widths of its picture; a pixel of its view, likewise; 0 to 63; 32 bytes.</summary>
    private sealed record Detail(double X, double Y, double Size, int Orientation, byte[] Descriptor);
}
