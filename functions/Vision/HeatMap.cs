namespace Portico.Vision;

/// <summary>
/// Where on the picture a camera finds something to hold on to: every corner that simulated cameras found again, in
/// every view, spread over what its descriptor sees.
/// </summary>
internal static class HeatMap
{
    private const int Columns = 16;
    private const int MostRows = 64;

    /// <summary>Corners, each weighed by the share of cameras that found it again, that make a cell warm: 63 %.</summary>
    private const double Warm = 1.2;

    /// <param name="width">The picture's, in pixels.</param>
    /// <param name="height">The picture's, in pixels.</param>
    /// <param name="surveys">What was found in each view.</param>
    public static MarkerHeatMap Of(int width, int height, IReadOnlyList<ViewSurvey> surveys)
    {
        int rows = Math.Clamp((int)Math.Round(Columns * (double)height / width), 1, MostRows);
        var warmth = new double[Columns * rows];
        foreach (var (view, candidates) in surveys)
        {
            double cellWidth = view.Width / (double)Columns, cellHeight = view.Height / (double)rows;
            foreach (var candidate in candidates)
            {
                if (candidate.Survived > 0)
                    Spread(candidate, cellWidth, cellHeight, rows, warmth);
            }
        }
        return new MarkerHeatMap(Columns, rows, [.. warmth.Select(w => (byte)Math.Round(255 * (1 - Math.Exp(-w / Warm))))]);
    }

    /// <summary>Over the square that the descriptor reads, each cell its share of it.</summary>
    private static void Spread(KeypointCandidate candidate, double cellWidth, double cellHeight, int rows, double[] warmth)
    {
        const double reach = SteeredBrief.ReachPx, area = 4 * reach * reach;
        double left = candidate.Corner.X + 0.5 - reach, right = left + 2 * reach;
        double top = candidate.Corner.Y + 0.5 - reach, bottom = top + 2 * reach;
        double weight = candidate.Survived / (double)SimulatedView.Cameras.Length / area;
        int lastRow = Math.Min(rows - 1, (int)(bottom / cellHeight)), lastColumn = Math.Min(Columns - 1, (int)(right / cellWidth));
        for (int row = (int)(top / cellHeight); row <= lastRow; row++)
        {
            double down = Math.Min(bottom, (row + 1) * cellHeight) - Math.Max(top, row * cellHeight);
            for (int column = (int)(left / cellWidth); column <= lastColumn; column++)
            {
                double across = Math.Min(right, (column + 1) * cellWidth) - Math.Max(left, column * cellWidth);
                warmth[row * Columns + column] += weight * down * across;
            }
        }
    }
}
