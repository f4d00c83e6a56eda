using System.Runtime.CompilerServices;

namespace Portico.Vision;

/// <summary>
/// Codes the grey template almost losslessly: every pixel is within <c>near</c> of the original. Median edge
/// prediction and adaptive Golomb-Rice codes by local activity, after Weinberger, Seroussi and Sapiro, "LOCO-I",
/// 2000 (JPEG-LS), without its run mode and bias cancellation. Decoded by assembly/template-codec.ts.
/// </summary>
internal static class TemplateCodec
{
    private const int Contexts = 8;
    private const int LongestUnary = 20;
    private const int EscapeBits = 9;

    /// <summary>Codes an image; <paramref name="near"/> is the largest allowed error, 0 to 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static byte[] Encode(GrayImage image, int near)
    {
        int step = 2 * near + 1, width = image.Width;
        var decoded = new GrayImage(width, image.Height);
        var model = new Model();
        var output = new BitWriter();
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var (prediction, context) = model.Predict(decoded, x, y, step);
                int error = image[x, y] - prediction;
                int quantised = error >= 0 ? (error + near) / step : -((near - error) / step);
                int value = quantised >= 0 ? 2 * quantised : -2 * quantised - 1;
                int k = model.RiceParameter(context);
                int unary = value >> k;
                if (unary < LongestUnary)
                {
                    output.Write(1, unary + 1);
                    output.Write(value & ((1 << k) - 1), k);
                }
                else
                {
                    output.Write(1, LongestUnary + 1);
                    output.Write(value, EscapeBits);
                }
                model.Learn(context, value);
                decoded.Pixels[y * width + x] = (byte)Math.Clamp(prediction + quantised * step, 0, 255);
            }
        }
        return output.ToArray();
    }

    /// <exception cref="InvalidDataException">The code ends before the image does.</exception>
    public static GrayImage Decode(ReadOnlySpan<byte> code, int width, int height, int near)
    {
        int step = 2 * near + 1;
        var image = new GrayImage(width, height);
        var model = new Model();
        var input = new BitReader(code);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var (prediction, context) = model.Predict(image, x, y, step);
                int k = model.RiceParameter(context);
                int unary = 0;
                while (input.Read(1) == 0)
                {
                    if (++unary > LongestUnary)
                        throw new InvalidDataException("The template's code is damaged.");
                }
                int value = unary < LongestUnary ? (unary << k) | input.Read(k) : input.Read(EscapeBits);
                model.Learn(context, value);
                int quantised = (value & 1) == 0 ? value >> 1 : -((value + 1) >> 1);
                image.Pixels[y * width + x] = (byte)Math.Clamp(prediction + quantised * step, 0, 255);
            }
        }
        return image;
    }

    private sealed class Model
    {
        private readonly int[] _sum = Filled(4);
        private readonly int[] _count = Filled(1);

        private static int[] Filled(int value)
        {
            var array = new int[Contexts];
            Array.Fill(array, value);
            return array;
        }

        public (int Prediction, int Context) Predict(GrayImage image, int x, int y, int step)
        {
            int left = x > 0 ? image[x - 1, y] : y > 0 ? image[x, y - 1] : 128;
            int up = y > 0 ? image[x, y - 1] : left;
            int corner = x > 0 && y > 0 ? image[x - 1, y - 1] : up;
            int prediction = corner >= Math.Max(left, up) ? Math.Min(left, up)
                : corner <= Math.Min(left, up) ? Math.Max(left, up)
                : left + up - corner;
            int activity = (Math.Abs(up - corner) + Math.Abs(corner - left)) / step;
            int context = 0;
            while (context < Contexts - 1 && activity > 0)
            {
                activity >>= 1;
                context++;
            }
            return (prediction, context);
        }

        public int RiceParameter(int context)
        {
            int k = 0;
            while (_count[context] << k < _sum[context] && k < 8)
                k++;
            return k;
        }

        public void Learn(int context, int value)
        {
            _sum[context] += value;
            if (++_count[context] < 64)
                return;
            _sum[context] >>= 1;
            _count[context] >>= 1;
        }
    }

    /// <summary>Most significant bit first; the last byte is filled up with zeros.</summary>
    private sealed class BitWriter
    {
        private readonly List<byte> _bytes = [];
        private int _pending, _free = 8;

        public void Write(int value, int bits)
        {
            for (int i = bits - 1; i >= 0; i--)
            {
                _free--;
                _pending |= ((value >> i) & 1) << _free;
                if (_free > 0)
                    continue;
                _bytes.Add((byte)_pending);
                (_pending, _free) = (0, 8);
            }
        }

        public byte[] ToArray() => _free == 8 ? [.. _bytes] : [.. _bytes, (byte)_pending];
    }

    private ref struct BitReader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;

        public int Read(int bits)
        {
            int value = 0;
            for (int i = 0; i < bits; i++, _at++)
            {
                if (_at >> 3 >= _bytes.Length)
                    throw new InvalidDataException("The template's code ends too early.");
                value = (value << 1) | ((_bytes[_at >> 3] >> (7 - (_at & 7))) & 1);
            }
            return value;
        }
    }
}
