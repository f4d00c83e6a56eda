namespace Portico.Vision;

/// <summary>Turns a picture into a marker file that the tracker finds and follows.</summary>
public static class MarkerCompiler
{
    /// <summary>Square root of the largest view's area in pixels; each further view has half the area.</summary>
    private const double LargestViewPx = 400;

    /// <summary>Keypoints a view may keep, largest view first. What one leaves over the next may use.</summary>
    private static readonly int[] Budgets = [80, 75, 70, 55, 40, 30];

    /// <summary>Keypoints a tilted view may keep.</summary>
    private const int TiltedBudget = 16;

    /// <summary>A view with a shorter side than this has no room for a keypoint.</summary>
    private const int ShortestViewSidePx = 2 * StableCorners.MarginPx + 8;

    /// <summary>Square root of the template's area in pixels.</summary>
    private const double TemplatePx = 180;

    private static readonly int[] TemplateNears = [2, 3, 4, 5, 7, 10, 15, 22, 31];

    /// <summary>
    /// Compiles <paramref name="image"/>. Pure: the same pixels give the same bytes on every machine. The image is
    /// scaled down as needed; more than 1,000 pixels on the long side add nothing. A picture that can't be tracked
    /// (flat, tiny, one pixel wide) compiles to a marker with score 0 and advice.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static CompiledMarker Compile(GrayImageView image, CancellationToken cancellationToken = default)
    {
        var views = new List<MarkerView>();
        var keypoints = new List<MarkerKeypoint>();
        var descriptors = new List<byte>();
        var surveys = new List<ViewSurvey>();

        var pictures = Views(image);
        int spare = 0;
        foreach (var (view, budget) in pictures.Zip(Budgets))
        {
            var candidates = StableCorners.Find(view, cancellationToken);
            var picked = KeypointSelection.Pick(view, candidates, budget + spare);
            spare += budget - picked.Count;
            foreach (var candidate in picked)
                Add(candidate, Fraction(candidate.Corner.X, view.Width), Fraction(candidate.Corner.Y, view.Height));
            views.Add(new MarkerView(view.Width, view.Height, picked.Count));
            surveys.Add(new ViewSurvey(view, candidates));
        }
        foreach (var picture in TiltedPictures(pictures))
        {
            foreach (int direction in TiltedView.Directions)
            {
                var tilted = TiltedView.Of(picture, direction);
                var candidates = StableCorners.Find(tilted.Image, cancellationToken);
                candidates.RemoveAll(c => tilted.OnPicture(c.Corner.X, c.Corner.Y) is null);
                var picked = KeypointSelection.Pick(tilted.Image, candidates, TiltedBudget);
                foreach (var candidate in picked)
                {
                    var (u, v) = tilted.OnPicture(candidate.Corner.X, candidate.Corner.Y)!.Value;
                    Add(candidate, u, v);
                }
                views.Add(new MarkerView(picture.Width / 2, picture.Height / 2, picked.Count, TiltedView.Squeeze, direction));
            }
        }

        void Add(KeypointCandidate candidate, ushort u, ushort v)
        {
            keypoints.Add(new MarkerKeypoint(u, v, candidate.Orientation, candidate.Corner.Score));
            descriptors.AddRange(candidate.Descriptor);
        }

        var quality = QualityScore.Of(image, PictureSignals.Of(surveys));
        var template = Sized(image, TemplatePx);
        int room = MarkerFile.LargestFileBytes - MarkerFile.HeaderBytes
            - MarkerFile.ViewBytes * views.Count - (MarkerFile.KeypointBytes + SteeredBrief.Bytes) * keypoints.Count;
        int near = 0;
        byte[] code = [];
        foreach (int allowed in TemplateNears)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (near, code) = (allowed, TemplateCodec.Encode(template, allowed));
            if (code.Length <= room)
                break;
        }

        var file = new MarkerFile(
            image.Width, image.Height, quality.Score, views, keypoints, [.. descriptors],
            template.Width, template.Height, near, code);
        return new CompiledMarker(file.ToBytes(), quality, HeatMap.Of(image.Width, image.Height, surveys), keypoints.Count, image.Width, image.Height);
    }

    /// <summary>
    /// The picture at areas of 400², 400²/2, 400²/4 … pixels. Never enlarged: views that a small picture can't fill
    /// are left out, and views that have no room for a keypoint too.
    /// </summary>
    internal static List<GrayImage> Views(GrayImageView image)
    {
        var views = new List<GrayImage>();
        for (int i = 0; i < Budgets.Length; i++)
        {
            double side = LargestViewPx / Math.Pow(Math.Sqrt(2), i);
            if ((long)image.Width * image.Height < side * side * 0.75)
                continue;
            // From the view of four times the area where there is one: it is a small image already.
            var view = views.Count >= 2 ? Sized(views[^2].View, side) : Sized(image, side);
            if (Math.Min(view.Width, view.Height) >= ShortestViewSidePx)
                views.Add(view);
        }
        return views;
    }

    /// <summary>The views of twice the size at which tilted ones are made: 200² and 141² pixels, before the squeeze.</summary>
    private static IEnumerable<GrayImage> TiltedPictures(List<GrayImage> views) => views.Count > 2 ? views.Take(2) : [];

    /// <summary>The image at an area of about side² pixels, or as it is when it has fewer.</summary>
    private static GrayImage Sized(GrayImageView image, double side)
    {
        double scale = Math.Min(1, side / Math.Sqrt((double)image.Width * image.Height));
        int width = Math.Clamp((int)Math.Round(image.Width * scale), 1, image.Width);
        int height = Math.Clamp((int)Math.Round(image.Height * scale), 1, image.Height);
        return AreaResample.Scale(image, width, height);
    }

    /// <summary>The centre of pixel i of n as a share of the whole, in 1/65536.</summary>
    private static ushort Fraction(int i, int n) => (ushort)((2 * i + 1) * 32768L / n);
}
