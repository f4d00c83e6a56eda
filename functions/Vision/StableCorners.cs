namespace Portico.Vision;

/// <summary>Finds the corners of one view of a picture and asks simulated cameras which of them they find again.</summary>
internal static class StableCorners
{
    /// <summary>Corners whose disc or pattern would leave the image aren't used.</summary>
    public const int MarginPx = 14;

    /// <summary>Lowest FAST score: three times what sensor noise of σ = 4 leaves after smoothing.</summary>
    public const int LowestScore = 3;

    /// <summary>A described corner this near, in bits, is the same corner.</summary>
    private const int SameCornerBits = 64;

    /// <summary>At most this many corners, the strongest, are put to the test.</summary>
    private const int MostCandidates = 600;

    public static List<KeypointCandidate> Find(GrayImage image, CancellationToken cancellationToken)
    {
        var smooth = BinomialSmooth.Apply(image);
        var smoother = BinomialSmooth.Apply(smooth);
        var corners = FastCorners.Find(smooth, LowestScore, MarginPx);
        var strongest = corners.OrderByDescending(c => c.Score).ThenBy(c => c.Y).ThenBy(c => c.X).Take(MostCandidates).ToArray();
        var descriptors = new byte[strongest.Length][];
        var orientations = new byte[strongest.Length];
        for (int i = 0; i < strongest.Length; i++)
        {
            var c = strongest[i];
            orientations[i] = CornerOrientation.Of(smooth, c.X, c.Y);
            descriptors[i] = new byte[SteeredBrief.Bytes];
            SteeredBrief.Describe(smoother, c.X, c.Y, orientations[i], descriptors[i]);
        }

        var survived = new int[strongest.Length];
        uint seed = 1;
        foreach (var camera in SimulatedView.Cameras)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CountSurvivors(image, SimulatedView.Of(image, camera, seed++), strongest, descriptors, survived);
        }

        var candidates = new List<KeypointCandidate>(strongest.Length);
        for (int i = 0; i < strongest.Length; i++)
            candidates.Add(new KeypointCandidate(strongest[i], orientations[i], descriptors[i], survived[i]));
        return candidates;
    }

    private static void CountSurvivors(
        GrayImage image, SimulatedView view, Corner[] corners, byte[][] descriptors, int[] survived)
    {
        const int cellPx = 4;
        var smooth = BinomialSmooth.Apply(view.Image);
        var smoother = BinomialSmooth.Apply(smooth);
        int columns = view.Image.Width / cellPx + 1, rows = view.Image.Height / cellPx + 1;
        var first = new int[columns * rows];
        Array.Fill(first, -1);
        var found = FastCorners.Find(smooth, LowestScore, MarginPx);
        var next = new int[found.Count];
        var described = new byte[found.Count][];
        for (int i = 0; i < found.Count; i++)
        {
            int cell = found[i].Y / cellPx * columns + found[i].X / cellPx;
            next[i] = first[cell];
            first[cell] = i;
        }

        for (int i = 0; i < corners.Length; i++)
        {
            var (x, y) = view.Locate(image, corners[i].X, corners[i].Y);
            if (FoundAgain(x, y, descriptors[i]))
                survived[i]++;
        }

        bool FoundAgain(int x, int y, byte[] descriptor)
        {
            for (int row = Math.Max((y - 3) / cellPx, 0); row <= Math.Min((y + 3) / cellPx, rows - 1); row++)
            {
                for (int column = Math.Max((x - 3) / cellPx, 0); column <= Math.Min((x + 3) / cellPx, columns - 1); column++)
                {
                    for (int j = first[row * columns + column]; j >= 0; j = next[j])
                    {
                        int dx = found[j].X - x, dy = found[j].Y - y;
                        if (dx * dx + dy * dy > 6)
                            continue;
                        described[j] ??= Describe(found[j]);
                        if (SteeredBrief.Distance(described[j], descriptor) <= SameCornerBits)
                            return true;
                    }
                }
            }
            return false;
        }

        byte[] Describe(Corner corner)
        {
            var bytes = new byte[SteeredBrief.Bytes];
            byte orientation = CornerOrientation.Of(smooth, corner.X, corner.Y);
            SteeredBrief.Describe(smoother, corner.X, corner.Y, orientation, bytes);
            return bytes;
        }
    }
}
