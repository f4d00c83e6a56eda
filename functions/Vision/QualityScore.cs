namespace Portico.Vision;

/// <summary>
/// Forecasts how well cameras will find a picture. The weights were fitted on photographs (`./bench quality --fit`) and
/// judged on others: docs/marker-quality.md. The browser computes the same (static-webxr/tracker/src/preview/quality.ts).
/// </summary>
internal static class QualityScore
{
    private const double Bias = -8.14, FarWeight = 0.546, ContrastWeight = 0.868, UniquenessWeight = 0.832;

    /// <summary>The share of hard views that the best pictures are found in: full marks.</summary>
    private const double BestShare = 0.85;

    /// <summary>Below this a camera's noise hides the picture.</summary>
    private const double WeakestDeviation = 4;
    private const double PlentyOfDeviation = 40;

    /// <summary>log2(1 + corners) that is plenty: of each of 36 cells more than two.</summary>
    private const double PlentyOfCorners = 7.5, FewestCorners = 2;
    private const double PlentyOfFarCorners = 6, FewestFarCorners = 1;

    /// <summary>A part below this is poor: advice follows. At least <see cref="Good"/> is good.</summary>
    private const int Poor = 40;
    private const int Good = 70;

    public static MarkerQuality Of(GrayImageView image, PictureSignals signals)
    {
        int detail = Percent((Math.Max(signals.Near, signals.Middle) - FewestCorners) / (PlentyOfCorners - FewestCorners));
        int distance = Percent((signals.Far - FewestFarCorners) / (PlentyOfFarCorners - FewestFarCorners));
        // Margins keep corners out of the outermost cells of small views, so four fifths is full marks.
        int spread = Percent(signals.Coverage / 0.8);
        int contrast = Percent((signals.Contrast - WeakestDeviation) / (PlentyOfDeviation - WeakestDeviation));
        int uniqueness = Percent(signals.Uniqueness), stability = Percent(signals.Stability / 0.8);
        var parts = new[]
        {
            new MarkerQualityPart("detail", detail, Pick(detail, "Few clear details.", "Some clear details.", "Plenty of clear details.")),
            new MarkerQualityPart("spread", spread, Pick(spread, "The details sit in one place.", "Parts of the picture are empty.", "Details all over the picture.")),
            new MarkerQualityPart("contrast", contrast, Pick(contrast, "Very little contrast.", "Soft contrast.", "Strong contrast.")),
            new MarkerQualityPart("uniqueness", uniqueness, Pick(uniqueness, "Many details look alike.", "Some details repeat.", "Every detail looks different.")),
            new MarkerQualityPart("stability", stability, Pick(stability, "Details vanish when the camera tilts or shakes.", "Some details vanish when the camera tilts.", "Details stay clear when the camera tilts.")),
            new MarkerQualityPart("distance", distance, Pick(distance, "Little is left of it from further away.", "Some details are left from further away.", "It holds from further away.")),
        };
        return new MarkerQuality(Score(signals), parts, Advice(image, parts));
    }

    private static int Score(PictureSignals s)
    {
        // Without a single corner there is nothing to find, whatever the other signals say.
        if (s.Near + s.Middle + s.Far == 0)
            return 0;
        double evidence = Bias + FarWeight * s.Far + ContrastWeight * Math.Log2(1 + s.Contrast) + UniquenessWeight * s.Uniqueness;
        return Percent(1 / (1 + Math.Exp(-evidence)) / BestShare);
    }

    private static List<PictureAdvice> Advice(GrayImageView image, MarkerQualityPart[] parts)
    {
        var advice = new List<PictureAdvice>();
        if (Math.Min(image.Width, image.Height) < 200)
            advice.Add(new("small_picture", "Use a larger picture: at least 500 pixels on its shorter side."));
        if (Math.Max(image.Width, image.Height) > 4 * Math.Min(image.Width, image.Height))
            advice.Add(new("narrow_picture", "Use a less narrow picture: at most twice as long as it is wide works best."));
        foreach (var part in parts.Where(part => part.Score < Poor))
        {
            advice.Add(part.Name switch
            {
                "detail" => new("little_texture", "Add detail: photographs, lettering and illustrations with clear edges work well; plain colours and soft gradients don't."),
                "spread" => new("empty_areas", "Spread the detail: fill empty areas, above all near the corners, with something to see."),
                "contrast" => new("low_contrast", "Raise the contrast: light and dark parts side by side, not shades of the same grey."),
                "uniqueness" => new("repetitive", "Avoid patterns that repeat: every part of the picture should look different."),
                "stability" => new("unstable_detail", "Use clearer shapes: fine texture and thin lines change when somebody looks from the side."),
                _ => new("poor_when_small", "Use bolder shapes, or print it larger: little is left of it when somebody stands further away."),
            });
        }
        return advice;
    }

    private static string Pick(int score, string poor, string fair, string good) => score < Poor ? poor : score < Good ? fair : good;

    private static int Percent(double share) => (int)Math.Round(100 * Math.Clamp(share, 0, 1));
}
