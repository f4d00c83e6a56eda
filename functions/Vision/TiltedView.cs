namespace Portico.Vision;

/// <summary>
/// The picture as seen from the side, at a tilt of 60°: its height across one direction halves. Descriptors bear a
/// tilt of about 40°; keypoints found in these views carry on from there (Morel and Yu, "ASIFT", SIAM Journal on
/// Imaging Sciences 2009, with one tilt and four directions).
/// </summary>
internal sealed class TiltedView
{
    /// <summary>Directions in which the picture is squeezed, in 64ths of a turn: across, and on every half quarter.</summary>
    public static readonly int[] Directions = [0, 8, 16, 24];

    /// <summary>What remains of a length in that direction, in 1/256.</summary>
    public const int Squeeze = 128;

    private readonly SimulatedView _large;
    private readonly GrayImage _source;

    private TiltedView(GrayImage source, SimulatedView large, GrayImage image)
    {
        _source = source;
        _large = large;
        Image = image;
    }

    public GrayImage Image { get; }

    /// <summary>The view at half the size of <paramref name="source"/>: drawn large, then halved, so that nothing aliases.</summary>
    public static TiltedView Of(GrayImage source, int direction)
    {
        // 1 − ddᵀ/2 for the direction d, in 1/65536.
        var squeeze = direction switch
        {
            0 => new SimulatedView.Affine(32768, 0, 0, 65536),
            8 => new SimulatedView.Affine(49152, -16384, -16384, 49152),
            16 => new SimulatedView.Affine(65536, 0, 0, 32768),
            24 => new SimulatedView.Affine(49152, 16384, 16384, 49152),
            _ => throw new ArgumentOutOfRangeException(nameof(direction)),
        };
        var large = SimulatedView.Of(source, squeeze);
        var image = AreaResample.Scale(large.Image.View, Math.Max(1, large.Image.Width / 2), Math.Max(1, large.Image.Height / 2));
        return new TiltedView(source, large, image);
    }

    /// <summary>
    /// Where a pixel of the view lies on the picture, in 1/65536 of its width and height; null when the corner's
    /// surroundings leave the picture.
    /// </summary>
    public (ushort U, ushort V)? OnPicture(int x, int y)
    {
        const int reach = StableCorners.MarginPx - 1;
        for (int dy = -reach; dy <= reach; dy += reach)
        {
            for (int dx = -reach; dx <= reach; dx += reach)
            {
                // The corners of the square lie further out than the disc that is read.
                int scale = dx != 0 && dy != 0 ? 3 : 4;
                var (sx, sy) = Source(x + dx * scale / 4, y + dy * scale / 4);
                if (sx < 0 || sy < 0 || sx > 65535 || sy > 65535)
                    return null;
            }
        }
        var (u, v) = Source(x, y);
        return ((ushort)u, (ushort)v);
    }

    private (long U, long V) Source(int x, int y)
    {
        // Centres: pixel x of n lies at (2x + 1) / 2n of the whole; in the large view, at that share of its width.
        long lx = (2L * x + 1) * _large.Image.Width / Image.Width, ly = (2L * y + 1) * _large.Image.Height / Image.Height;
        var (sx, sy) = _large.Origin(lx - _large.Image.Width, ly - _large.Image.Height);
        return ((sx + _source.Width) * 32768 / _source.Width, (sy + _source.Height) * 32768 / _source.Height);
    }
}
