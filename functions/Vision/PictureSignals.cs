namespace Portico.Vision;

/// <summary>What the compiler saw in one view of the picture.</summary>
internal sealed record ViewSurvey(GrayImage View, List<KeypointCandidate> Candidates);

/// <summary>
/// What foretells detection, counted in the compiler's own findings: corners that at least half of the simulated cameras
/// found again, at most four of a sixth by a sixth of the picture, by the size of the view they are in; how many look
/// like no other; how much brightness varies. The browser counts the same (static-webxr/tracker/src/preview/signals.ts).
/// </summary>
/// <param name="Near">In the two largest views, log2(1 + corners).</param>
/// <param name="Middle">In the next two.</param>
/// <param name="Far">In the two smallest: what is left of the picture when it is small in the frame.</param>
/// <param name="Uniqueness">Share of the strongest corners that look like no other, 0 to 1.</param>
/// <param name="Stability">Share of simulated cameras that find one of the strongest corners again, 0 to 1.</param>
/// <param name="Coverage">Share of 6×6 cells that have such a corner in any view, 0 to 1.</param>
/// <param name="Contrast">Standard deviation of the smallest view's pixels: what patches are told apart by.</param>
internal sealed record PictureSignals(
    double Near, double Middle, double Far, double Uniqueness, double Stability, double Coverage, double Contrast)
{
    private const int GridSide = 6;
    private const int MostACell = 4;

    /// <summary>Simulated cameras, of four.</summary>
    private const int LeastSurvived = 2;

    private const int StrongestAView = 100;

    /// <summary>Two corners this near, in bits, can be taken for each other.</summary>
    private const int LookalikeBits = 36;

    /// <summary>Area of the largest view, in pixels.</summary>
    private const double LargestViewArea = 400 * 400;

    public static PictureSignals Of(IReadOnlyList<ViewSurvey> surveys)
    {
        var held = new int[3];
        var covered = new bool[GridSide * GridSide];
        int looked = 0, unique = 0, survived = 0;
        foreach (var (view, candidates) in surveys)
        {
            var cells = new int[GridSide * GridSide];
            int octave = (int)Math.Round(Math.Log2(LargestViewArea / (view.Width * (double)view.Height)));
            foreach (var candidate in candidates)
            {
                if (candidate.Survived < LeastSurvived)
                    continue;
                int cell = candidate.Corner.Y * GridSide / view.Height * GridSide + candidate.Corner.X * GridSide / view.Width;
                cells[cell]++;
                covered[cell] = true;
            }
            held[Math.Clamp(octave / 2, 0, 2)] += cells.Sum(count => Math.Min(count, MostACell));

            var strongest = candidates.Take(StrongestAView).ToArray();
            int apart = Math.Max(view.Width, view.Height) / 12;
            looked += strongest.Length;
            survived += strongest.Sum(candidate => candidate.Survived);
            unique += strongest.Count(one => !strongest.Any(other => AreLookalikes(one, other, apart)));
        }
        return new PictureSignals(
            Math.Log2(1 + held[0]), Math.Log2(1 + held[1]), Math.Log2(1 + held[2]),
            looked == 0 ? 0 : unique / (double)looked,
            looked == 0 ? 0 : survived / (double)(looked * SimulatedView.Cameras.Length),
            covered.Count(cell => cell) / (double)covered.Length,
            surveys.Count == 0 ? 0 : Deviation(surveys[^1].View.Pixels));
    }

    private static bool AreLookalikes(KeypointCandidate a, KeypointCandidate b, int apart)
    {
        int dx = a.Corner.X - b.Corner.X, dy = a.Corner.Y - b.Corner.Y;
        return dx * dx + dy * dy > apart * apart && SteeredBrief.Distance(a.Descriptor, b.Descriptor) < LookalikeBits;
    }

    private static double Deviation(byte[] pixels)
    {
        long sum = 0, squares = 0;
        foreach (byte pixel in pixels)
        {
            sum += pixel;
            squares += pixel * pixel;
        }
        double mean = sum / (double)pixels.Length;
        return Math.Sqrt(Math.Max(0, squares / (double)pixels.Length - mean * mean));
    }
}
