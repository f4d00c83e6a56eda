namespace Portico.Vision;

/// <summary>What the compiler saw in one view of the picture.</summary>
internal sealed record ViewSurvey(GrayImage View, List<KeypointCandidate> Candidates, List<KeypointCandidate> Picked);

/// <summary>
/// Forecasts from the compiler's own findings how well cameras will find and follow a picture: the share of corners
/// that simulated cameras find again, how many there are, where they are, how alike they look.
/// </summary>
internal static class QualityScore
{
    /// <summary>With this many stable keypoints more don't help.</summary>
    private const int PlentyOfKeypoints = 220;

    private const int StrongestAView = 150;

    private const int GridColumns = 6, GridRows = 6;

    /// <summary>Below this a camera's noise hides the picture.</summary>
    private const double WeakestDeviation = 4;
    private const double PlentyOfDeviation = 40;

    /// <summary>Two keypoints this near, in bits, can be taken for each other.</summary>
    private const int LookalikeBits = 36;

    public static MarkerQuality Of(GrayImageView image, IReadOnlyList<ViewSurvey> surveys)
    {
        int detail = Detail(surveys), spread = Spread(surveys), contrast = Contrast(image, surveys);
        int uniqueness = Uniqueness(surveys), stability = Stability(surveys);
        var parts = new[]
        {
            new MarkerQualityPart("detail", detail, Pick(detail, "Few clear details.", "Some clear details.", "Plenty of clear details.")),
            new MarkerQualityPart("spread", spread, Pick(spread, "The details sit in one place.", "Parts of the picture are empty.", "Details all over the picture.")),
            new MarkerQualityPart("contrast", contrast, Pick(contrast, "Very little contrast.", "Soft contrast.", "Strong contrast.")),
            new MarkerQualityPart("uniqueness", uniqueness, Pick(uniqueness, "Many details look alike.", "Some details repeat.", "Every detail looks different.")),
            new MarkerQualityPart("stability", stability, Pick(stability, "Details vanish when the camera tilts or moves away.", "Some details vanish when the camera tilts.", "Details stay clear when the camera tilts or moves away.")),
        };

        // Detail, spread and stability multiply: without one of them the others don't help. Contrast and uniqueness
        // matter less, because the tracker compares relative brightness and checks geometry.
        double score = 100 * Math.Pow(detail / 100.0, 0.4) * Math.Pow(spread / 100.0, 0.25) * Math.Pow(stability / 100.0, 0.2)
            * Math.Pow(contrast / 100.0, 0.075) * Math.Pow(uniqueness / 100.0, 0.075);
        return new MarkerQuality((int)Math.Round(score), parts, Advice(image, parts));
    }

    private static int Detail(IReadOnlyList<ViewSurvey> surveys)
    {
        int stable = surveys.Sum(s => s.Picked.Count(k => k.Survived >= 2));
        return Percent(stable / (double)PlentyOfKeypoints);
    }

    private static int Spread(IReadOnlyList<ViewSurvey> surveys)
    {
        var cells = new bool[GridColumns * GridRows];
        foreach (var survey in surveys)
        {
            foreach (var k in survey.Picked)
                cells[k.Corner.Y * GridRows / survey.View.Height * GridColumns + k.Corner.X * GridColumns / survey.View.Width] = true;
        }
        // Margins keep keypoints out of the outermost cells of small views, so four fifths is full marks.
        return Percent(cells.Count(c => c) / (0.8 * cells.Length));
    }

    private static int Contrast(GrayImageView image, IReadOnlyList<ViewSurvey> surveys)
    {
        if (surveys.Count == 0)
            return 0;
        var pixels = surveys[^1].View.Pixels;
        double mean = pixels.Average(p => (double)p);
        double deviation = Math.Sqrt(pixels.Average(p => (p - mean) * (p - mean)));
        return Percent((deviation - WeakestDeviation) / (PlentyOfDeviation - WeakestDeviation));
    }

    private static int Uniqueness(IReadOnlyList<ViewSurvey> surveys)
    {
        int all = 0, alone = 0;
        foreach (var survey in surveys)
        {
            int apart = Math.Max(survey.View.Width, survey.View.Height) / 12;
            foreach (var k in survey.Picked)
            {
                all++;
                if (!survey.Picked.Any(other => IsLookalike(k, other, apart)))
                    alone++;
            }
        }
        return all == 0 ? 0 : Percent(alone / (double)all);
    }

    private static bool IsLookalike(KeypointCandidate a, KeypointCandidate b, int apart)
    {
        int dx = a.Corner.X - b.Corner.X, dy = a.Corner.Y - b.Corner.Y;
        return dx * dx + dy * dy > apart * apart && SteeredBrief.Distance(a.Descriptor, b.Descriptor) < LookalikeBits;
    }

    private static int Stability(IReadOnlyList<ViewSurvey> surveys)
    {
        // Of what first meets the eye, before the compiler picks the survivors.
        var strongest = surveys.SelectMany(s => s.Candidates.Take(StrongestAView)).ToArray();
        return strongest.Length == 0 ? 0 : Percent(strongest.Average(k => k.Survived) / (double)SimulatedView.Cameras.Length);
    }

    private static List<string> Advice(GrayImageView image, MarkerQualityPart[] parts)
    {
        var advice = new List<string>();
        if (Math.Min(image.Width, image.Height) < 200)
            advice.Add("Use a larger picture: at least 500 pixels on its shorter side.");
        if (Math.Max(image.Width, image.Height) > 4 * Math.Min(image.Width, image.Height))
            advice.Add("Use a less narrow picture: at most twice as long as it is wide works best.");
        foreach (var part in parts.Where(p => p.Score < 40))
        {
            advice.Add(part.Name switch
            {
                "detail" => "Add detail: photographs, lettering and illustrations with clear edges work well; plain colours and soft gradients don't.",
                "spread" => "Spread the detail: fill empty areas, above all near the corners, with something to see.",
                "contrast" => "Raise the contrast: light and dark parts side by side, not shades of the same grey.",
                "uniqueness" => "Avoid patterns that repeat: every part of the picture should look different.",
                _ => "Use bolder shapes: fine texture disappears when somebody stands further away or looks from the side.",
            });
        }
        return advice;
    }

    private static string Pick(int score, string poor, string fair, string good) => score < 40 ? poor : score < 70 ? fair : good;

    private static int Percent(double share) => (int)Math.Round(100 * Math.Clamp(share, 0, 1));
}
