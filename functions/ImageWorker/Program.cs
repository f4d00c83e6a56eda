using System.Globalization;

namespace Portico.ImageWorker;

/// <summary>
/// Decodes one picture that a stranger sent, in a process that may crash. The caller confines it (memory, time, file
/// size, folder); it reads and writes files of its current folder only.
/// <code>
/// probe  SOURCE MAX_PIXELS                          → format width height
/// render SOURCE MAX_PIXELS LONG_SIDES JPEG_SIDE THUMBNAIL_SIDE → a line a file: role file width height
/// luma   SOURCE MAX_PIXELS LONG_SIDE FILE           → width height
/// </code>
/// Widths and heights are upright. The exit code says why there is no result; standard error says it in libvips' words.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        try
        {
            // Large intermediates go to a file in the current folder rather than to memory.
            Environment.SetEnvironmentVariable("VIPS_DISC_THRESHOLD", "200m");
            if (ImageFormat.Recognise(args[1]) is not { } format)
            {
                return (int)Outcome.NotAnImage;
            }

            VipsImage.Start(ImageFormat.All.Select(known => known.LoaderClass));
            using var header = VipsImage.Make(format.Loader, null, ("filename", args[1]));
            var (width, height) = header.IsOnItsSide ? (header.HeightPx, header.WidthPx) : (header.WidthPx, header.HeightPx);
            if ((long)width * height > Number(args[2]))
            {
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format.Name} {width} {height}"));
                return (int)Outcome.TooManyPixels;
            }

            switch (args[0])
            {
                case "probe":
                    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format.Name} {width} {height}"));
                    break;
                case "render":
                    Rendering.WriteRenditions(args[1], args[3].Split(',').Select(Number), Number(args[4]), Number(args[5]), Console.Out);
                    break;
                case "luma":
                    Rendering.WriteLuma(args[1], Number(args[3]), args[4], Console.Out);
                    break;
                default:
                    throw new ArgumentException($"Unknown verb {args[0]}.");
            }

            return (int)Outcome.Done;
        }
        catch (DllNotFoundException e)
        {
            Console.Error.WriteLine(e.Message);
            return (int)Outcome.LibraryMissing;
        }
        catch (VipsException e)
        {
            Console.Error.WriteLine(e.Message);
            return (int)(IsOutOfMemory(e) ? Outcome.OutOfMemory : Outcome.Damaged);
        }
    }

    private static bool IsOutOfMemory(VipsException e) =>
        e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || e.Message.Contains("cannot allocate", StringComparison.OrdinalIgnoreCase)
        || e.Message.Contains("memory allocation", StringComparison.OrdinalIgnoreCase);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Exit codes; <c>Images/ImageTool.cs</c> of the app reads them.</summary>
    private enum Outcome
    {
        Done = 0,
        NotAnImage = 10,
        TooManyPixels = 11,
        Damaged = 12,
        OutOfMemory = 13,
        LibraryMissing = 14,
    }
}
