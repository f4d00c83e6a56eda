using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Portico.Vision;

// MarkerTool IN.pgm OUT.marker [IN.pgm OUT.marker …]
// Compiles binary PGM images (P5, 8 bits, no comments) and prints one JSON line a marker. The first image is compiled
// once beforehand, so that the milliseconds don't include the just-in-time compiler's.
//
// MarkerTool corners IN.pgm
// Prints the described corners of the image as it is, for comparison with the tracker's: a JSON array of
// [x, y, score, orientation, descriptor in hexadecimal].
if (args is ["corners", var image])
{
    PrintCorners(image);
    return 0;
}

if (args.Length == 0 || args.Length % 2 != 0)
{
    Console.Error.WriteLine("usage: MarkerTool IN.pgm OUT.marker [IN.pgm OUT.marker ...] | MarkerTool corners IN.pgm");
    return 2;
}

for (int i = 0; i < args.Length; i += 2)
{
    var (luma, width, height) = ReadPgm(args[i]);
    if (i == 0)
        MarkerCompiler.Compile(new GrayImageView(luma, width, height));
    long start = Stopwatch.GetTimestamp();
    var marker = MarkerCompiler.Compile(new GrayImageView(luma, width, height));
    double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    File.WriteAllBytes(args[i + 1], marker.File);
    Console.WriteLine(JsonSerializer.Serialize(new
    {
        image = args[i],
        bytes = marker.File.Length,
        milliseconds,
        keypoints = marker.KeypointCount,
        quality = marker.Quality.Score,
        parts = marker.Quality.Parts.ToDictionary(p => p.Name, p => p.Score),
        advice = marker.Quality.Advice.Select(advice => advice.Code),
        signals = Signals(new GrayImageView(luma, width, height)),
    }));
}
return 0;

/// <summary>What the score is computed from, in the order of its weights.</summary>
static Dictionary<string, double> Signals(GrayImageView image)
{
    var signals = PictureSignals.Of([.. MarkerCompiler.Views(image).Select(view => new ViewSurvey(view, StableCorners.Find(view, default)))]);
    return new()
    {
        ["far"] = signals.Far,
        ["contrast"] = Math.Log2(1 + signals.Contrast),
        ["uniqueness"] = signals.Uniqueness,
    };
}

static void PrintCorners(string path)
{
    var (luma, width, height) = ReadPgm(path);
    var image = new GrayImage(width, height);
    luma.CopyTo(image.Pixels, 0);
    var smooth = BinomialSmooth.Apply(image);
    var smoother = BinomialSmooth.Apply(smooth);
    var descriptor = new byte[SteeredBrief.Bytes];
    var corners = FastCorners.Find(smooth, StableCorners.LowestScore, StableCorners.MarginPx).Select(corner =>
    {
        byte orientation = CornerOrientation.Of(smooth, corner.X, corner.Y);
        SteeredBrief.Describe(smoother, corner.X, corner.Y, orientation, descriptor);
        return new object[] { corner.X, corner.Y, corner.Score, orientation, Convert.ToHexStringLower(descriptor) };
    });
    Console.WriteLine(JsonSerializer.Serialize(corners));
}

static (byte[] Luma, int Width, int Height) ReadPgm(string path)
{
    byte[] file = File.ReadAllBytes(path);
    int at = 0;
    string Word()
    {
        var word = new StringBuilder();
        while (file[at] > ' ')
            word.Append((char)file[at++]);
        at++;
        return word.ToString();
    }

    if (Word() != "P5")
        throw new InvalidDataException($"{path} is not a binary PGM.");
    int width = int.Parse(Word(), CultureInfo.InvariantCulture), height = int.Parse(Word(), CultureInfo.InvariantCulture);
    if (Word() != "255")
        throw new InvalidDataException($"{path} does not have 8 bits a pixel.");
    return (file[at..(at + width * height)], width, height);
}
