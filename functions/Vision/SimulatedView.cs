using System.Runtime.CompilerServices;

namespace Portico.Vision;

/// <summary>
/// A picture as a camera might see it: turned, squeezed, with sensor noise. Fixed-point arithmetic and a fixed
/// noise, so that the same picture gives the same view everywhere.
/// </summary>
internal sealed class SimulatedView
{
    private const int One = 1 << 16;
    private readonly Affine _toView;
    private readonly Affine _fromView;

    private SimulatedView(GrayImage image, Affine toView, Affine fromView)
    {
        Image = image;
        _toView = toView;
        _fromView = fromView;
    }

    /// <summary>Linear part in 1/65536; it maps centres of images onto each other.</summary>
    internal readonly record struct Affine(int XX, int XY, int YX, int YY);

    public GrayImage Image { get; }

    /// <summary>
    /// The camera's views a keypoint has to survive: turned by 30°, −20°, 10° and −45°, shrunk, squeezed to 3/4
    /// across and down (a tilt of 40°), and enlarged. Entries are round(65536 · squeeze · scale · rotation).
    /// </summary>
    public static readonly Affine[] Cameras =
    [
        new(48242, -27853, 27853, 48242), // 30°, ×0.85
        new(46188, 16811, -22415, 61584), // −20°, squeezed across
        new(64540, -11380, 8535, 48405), // 10°, squeezed down
        new(53292, 53292, -53292, 53292), // −45°, ×1.15
    ];

    /// <summary>How the camera sees the image, with noise; the view is large enough to hold all of it.</summary>
    public static SimulatedView Of(GrayImage image, Affine camera, uint noiseSeed)
    {
        var view = Of(image, camera);
        uint noise = noiseSeed;
        foreach (ref byte pixel in view.Image.Pixels.AsSpan())
        {
            noise = noise * 1664525 + 1013904223;
            // Three uniform steps of 0 to 7 around their mean: σ ≈ 4.
            int grain = (int)((noise >> 29) + ((noise >> 26) & 7) + ((noise >> 23) & 7)) - 10;
            pixel = (byte)Math.Clamp(pixel + grain, 0, 255);
        }
        return view;
    }

    /// <summary>How the camera sees the image; the view is large enough to hold all of it.</summary>
    // Optimised at once: a marker is often the first thing a fresh process compiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SimulatedView Of(GrayImage image, Affine camera)
    {
        long determinant = (long)camera.XX * camera.YY - (long)camera.XY * camera.YX;
        int width = (int)((Math.Abs((long)camera.XX) * image.Width + Math.Abs((long)camera.XY) * image.Height) / One) + 1;
        int height = (int)((Math.Abs((long)camera.YX) * image.Width + Math.Abs((long)camera.YY) * image.Height) / One) + 1;
        int ixx = (int)((long)camera.YY * One * One / determinant), ixy = (int)(-(long)camera.XY * One * One / determinant);
        int iyx = (int)(-(long)camera.YX * One * One / determinant), iyy = (int)((long)camera.XX * One * One / determinant);

        var view = new GrayImage(width, height);
        for (int y = 0; y < height; y++)
        {
            var row = view.Row(y);
            long dx = 1 - width, dy = 2 * y + 1 - height;
            long x2 = ixx * dx + ixy * dy + (long)One * (image.Width - 1), y2 = iyx * dx + iyy * dy + (long)One * (image.Height - 1);
            for (int x = 0; x < width; x++, x2 += 2 * ixx, y2 += 2 * iyx)
            {
                row[x] = Sample(image, (int)(x2 >> 9), (int)(y2 >> 9));
            }
        }
        return new SimulatedView(view, camera, new Affine(ixx, ixy, iyx, iyy));
    }

    /// <summary>Where a pixel of the image lies in the view, in view pixels.</summary>
    public (int X, int Y) Locate(GrayImage image, int x, int y)
    {
        int dx = 2 * x + 1 - image.Width, dy = 2 * y + 1 - image.Height;
        long vx = (long)_toView.XX * dx + (long)_toView.XY * dy, vy = (long)_toView.YX * dx + (long)_toView.YY * dy;
        return ((int)((vx + (long)One * Image.Width) >> 17), (int)((vy + (long)One * Image.Height) >> 17));
    }

    /// <summary>
    /// Where on the image something in the view comes from: both in half pixels from the centre of each.
    /// </summary>
    public (long X, long Y) Origin(long dx, long dy) =>
        ((_fromView.XX * dx + _fromView.XY * dy) >> 16, (_fromView.YX * dx + _fromView.YY * dy) >> 16);

    /// <summary>Bilinear at (x, y) in 1/256 pixels, mid-grey outside.</summary>
    private static byte Sample(GrayImage image, int x, int y)
    {
        int px = x >> 8, py = y >> 8;
        if (px < 0 || py < 0 || px >= image.Width - 1 || py >= image.Height - 1)
            return 128;
        int fx = x & 255, fy = y & 255, at = py * image.Width + px;
        var pixels = image.Pixels;
        int top = pixels[at] * (256 - fx) + pixels[at + 1] * fx;
        int bottom = pixels[at + image.Width] * (256 - fx) + pixels[at + image.Width + 1] * fx;
        return (byte)((top * (256 - fy) + bottom * fy + 32768) >> 16);
    }
}
