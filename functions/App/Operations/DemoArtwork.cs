using System.Globalization;
using System.Text;

namespace Portico.Operations;

/// <summary>
/// Draws the demo campaign's poster as SVG, in layers that the demo clip moves against each other: a temple
/// between mountains and sea, in a frame of mosaic. The mosaic, the leaves and the stars are seeded and nowhere
/// repeat, so cameras find the poster well. No text: a fresh machine has no fonts.
/// </summary>
public static class DemoArtwork
{
    /// <summary>Units of the drawing; the poster is printed at this many pixels.</summary>
    public const int Width = 1500;

    /// <inheritdoc cref="Width"/>
    public const int Height = 2000;

    private const int Frame = 96;
    private const double SunX = 750;
    private const double SunY = 770;

    /// <summary>Back to front. Every layer has the whole drawing's size; all but <see cref="Layer.Sky"/> are transparent where empty.</summary>
    public enum Layer
    {
        Sky,
        Rays,
        Scene,
        Birds,
        Leaves,
        Mosaic,
    }

    /// <summary>The whole poster.</summary>
    public static string Poster() => Document(string.Concat(Enum.GetValues<Layer>().Select(Draw)));

    /// <summary>One layer by itself. <see cref="Layer.Rays"/> is square and centred on the sun, so that it can turn.</summary>
    public static string Single(Layer layer) => layer == Layer.Rays
        ? Svg(-1500, -1500, 3000, 3000, Definitions + RaysAroundOrigin())
        : Document(Draw(layer));

    /// <summary>Where the sun's centre is, as shares of width and height.</summary>
    public static (double X, double Y) Sun => (SunX / Width, SunY / Height);

    private static string Draw(Layer layer) => layer switch
    {
        Layer.Sky => Sky(),
        Layer.Rays => $"<g transform='translate({N(SunX)} {N(SunY)})'>{RaysAroundOrigin()}</g>",
        Layer.Scene => SunDisc() + Mountains() + Sea() + Temple(),
        Layer.Birds => Birds(),
        Layer.Leaves => Leaves(),
        Layer.Mosaic => Mosaic(),
        _ => throw new ArgumentOutOfRangeException(nameof(layer)),
    };

    private const string Definitions = """
        <defs>
          <linearGradient id='sky' x1='0' y1='0' x2='0' y2='1'><stop offset='0' stop-color='#10233f'/><stop offset='.38' stop-color='#3b4a7a'/><stop offset='.62' stop-color='#e0785a'/><stop offset='.8' stop-color='#f7c27a'/></linearGradient>
          <radialGradient id='sun'><stop offset='0' stop-color='#fff4d2'/><stop offset='.7' stop-color='#ffd27a'/><stop offset='1' stop-color='#f59b4c'/></radialGradient>
          <linearGradient id='sea' x1='0' y1='0' x2='0' y2='1'><stop offset='0' stop-color='#f0a766'/><stop offset='.3' stop-color='#3f7f8c'/><stop offset='1' stop-color='#0d3547'/></linearGradient>
          <linearGradient id='shaft' x1='0' y1='0' x2='1' y2='0'><stop offset='0' stop-color='#8c5a4a'/><stop offset='.3' stop-color='#f6e3c5'/><stop offset='.62' stop-color='#e3bd93'/><stop offset='1' stop-color='#7a4a44'/></linearGradient>
        </defs>
        """;

    private static string Sky()
    {
        var random = new Random(11);
        var svg = new StringBuilder($"<rect width='{Width}' height='{Height}' fill='url(#sky)'/>");
        for (var i = 0; i < 150; i++)
        {
            var y = 100 + random.NextDouble() * random.NextDouble() * 900;
            svg.Append($"<circle cx='{N(100 + random.NextDouble() * 1300)}' cy='{N(y)}' r='{N(1.5 + random.NextDouble() * 4)}' fill='#fdf0d5' opacity='{N(0.35 + random.NextDouble() * 0.65)}'/>");
        }

        return svg.ToString();
    }

    private static string RaysAroundOrigin()
    {
        var random = new Random(23);
        var svg = new StringBuilder();
        const int rays = 22;
        for (var i = 0; i < rays; i++)
        {
            var middle = 2 * Math.PI * (i + (random.NextDouble() - 0.5) * 0.35) / rays;
            var half = 0.035 + random.NextDouble() * 0.06;
            var reach = 900 + random.NextDouble() * 560;
            svg.Append($"<path d='M0 0L{Polar(reach, middle - half)}L{Polar(reach, middle + half)}Z' fill='{(i % 2 == 0 ? "#ffd98a" : "#f58a5c")}' opacity='{N(0.16 + random.NextDouble() * 0.22)}'/>");
        }

        return svg.ToString();
    }

    private static string SunDisc()
    {
        var svg = new StringBuilder($"<circle cx='{N(SunX)}' cy='{N(SunY)}' r='250' fill='url(#sun)'/>");
        foreach (var radius in (int[])[282, 306, 352])
        {
            svg.Append($"<circle cx='{N(SunX)}' cy='{N(SunY)}' r='{radius}' fill='none' stroke='#ffdf9e' stroke-width='{(radius == 306 ? 10 : 4)}' opacity='.7'/>");
        }

        return svg.ToString();
    }

    private static string Mountains()
    {
        var svg = new StringBuilder();
        (string Colour, string Light, int Base, int Rise, int Seed)[] ranges = [("#6b4a6f", "#a5648a", 1080, 330, 5), ("#4a3a63", "#7b5584", 1150, 250, 8), ("#2b2c50", "#4e4674", 1220, 180, 15)];
        foreach (var (colour, light, baseline, rise, seed) in ranges)
        {
            var random = new Random(seed);
            var ridge = new List<(double X, double Y)>();
            for (double x = -60; x < Width + 160; x += 60 + random.NextDouble() * 110)
            {
                // Lower towards the middle, so that the sun stands in a valley.
                var valley = 0.35 + 0.65 * Math.Min(1, Math.Abs(x - SunX) / 620);
                ridge.Add((x, baseline - rise * valley * (0.25 + 0.75 * random.NextDouble())));
            }

            svg.Append($"<path d='M-80 1420L{string.Join('L', ridge.Select(p => $"{N(p.X)} {N(p.Y)}"))}L1620 1420Z' fill='{colour}'/>");
            for (var i = 1; i < ridge.Count - 1; i++)
            {
                var (x, y) = ridge[i];
                if (y < ridge[i - 1].Y && y < ridge[i + 1].Y)
                {
                    svg.Append($"<path d='M{N(x)} {N(y)}L{N(x + (ridge[i + 1].X - x) * 0.7)} {N(y + (ridge[i + 1].Y - y) * 0.7)}L{N(x + 14)} {N(y + 120)}L{N(x - 12)} {N(y + 62)}Z' fill='{light}' opacity='.75'/>");
                }
            }
        }

        return svg.ToString();
    }

    private static string Sea()
    {
        var random = new Random(31);
        var svg = new StringBuilder($"<rect y='1290' width='{Width}' height='720' fill='url(#sea)'/>");
        for (var i = 0; i < 120; i++)
        {
            var depth = random.NextDouble();
            var y = 1300 + depth * depth * 640;
            var width = 26 + depth * 150 * random.NextDouble() + 16;
            var x = 60 + random.NextDouble() * 1380;
            var colour = Math.Abs(x - SunX) < 260 - depth * 60 ? "#ffe0a3" : "#8fd0cf";
            svg.Append($"<path d='M{N(x)} {N(y)}q{N(width / 4)} {N(-5 - depth * 10)} {N(width / 2)} 0t{N(width / 2)} 0' fill='none' stroke='{colour}' stroke-width='{N(3 + depth * 6)}' stroke-linecap='round' opacity='{N(0.35 + random.NextDouble() * 0.5)}'/>");
        }

        return svg.ToString();
    }

    private static string Temple()
    {
        var svg = new StringBuilder();
        string[] steps = ["#f3dcb8", "#e2c096", "#c99b78", "#a8765f"];
        for (var i = 0; i < steps.Length; i++)
        {
            svg.Append($"<rect x='{N(210 - i * 34)}' y='{1560 + i * 40}' width='{1080 + i * 68}' height='42' fill='{steps[i]}'/>");
            svg.Append($"<rect x='{N(210 - i * 34)}' y='{1560 + i * 40}' width='{1080 + i * 68}' height='7' fill='#fff3dc' opacity='.8'/>");
        }

        foreach (var x in (int[])[300, 537, 873, 1110])
        {
            svg.Append(Column(x, 930, 630));
        }

        // Entablature: architrave, frieze with triglyphs of uneven ornament, cornice, pediment.
        svg.Append("<rect x='225' y='830' width='1050' height='40' fill='#e8c9a0'/><rect x='225' y='742' width='1050' height='90' fill='#5a3a55'/>");
        var random = new Random(47);
        for (var i = 0; i < 15; i++)
        {
            var x = 236 + i * 70;
            svg.Append($"<rect x='{x}' y='750' width='26' height='74' fill='#f1d6ad'/><path d='M{x + 8} 750v74M{x + 17} 750v74' stroke='#8c5a4a' stroke-width='4'/>");
            if (i == 14)
            {
                break;
            }

            svg.Append(Ornament(x + 48, 787, 15 + random.NextDouble() * 5, random.Next(5), i % 2 == 0 ? "#ffb25e" : "#7fd0c4"));
        }

        svg.Append("<rect x='196' y='714' width='1108' height='30' fill='#f6e3c5'/><path d='M196 714L750 470L1304 714Z' fill='#f1d6ad'/><path d='M286 700L750 498L1214 700Z' fill='#3c2b4a'/>");
        svg.Append("<path d='M196 714L750 470L1304 714' fill='none' stroke='#fff3dc' stroke-width='12'/>");
        svg.Append("<circle cx='750' cy='612' r='62' fill='#f59b4c'/><circle cx='750' cy='612' r='40' fill='#3c2b4a'/><circle cx='750' cy='612' r='18' fill='#ffe0a3'/>");
        for (var i = 0; i < 12; i++)
        {
            var side = i % 2 == 0 ? -1 : 1;
            var step = i / 2;
            svg.Append(Ornament(750 + side * (105 + step * 52), 640 + step * 9, 26 - step * 2.6, (i * 7 + step) % 5, i % 3 == 0 ? "#7fd0c4" : i % 3 == 1 ? "#ffd98a" : "#f58a5c"));
        }

        return svg.ToString();
    }

    private static string Column(int x, int top, int height)
    {
        var svg = new StringBuilder($"<path d='M{x} {top}h90l8 {height}h-106z' fill='url(#shaft)'/>");
        for (var i = 1; i < 6; i++)
        {
            svg.Append($"<path d='M{x + i * 15} {top}L{N(x - 8 + i * 106 / 6.0)} {top + height}' stroke='#7a4a44' stroke-width='{(i is 2 or 3 ? 3 : 5)}' opacity='.55'/>");
        }

        svg.Append($"<rect x='{x - 26}' y='{top - 60}' width='142' height='24' fill='#f6e3c5'/><path d='M{x - 18} {top - 36}q63 52 126 0l-14 36h-98z' fill='#d9b083'/>");
        svg.Append($"<circle cx='{x - 6}' cy='{top - 20}' r='17' fill='none' stroke='#8c5a4a' stroke-width='7'/><circle cx='{x + 96}' cy='{top - 20}' r='17' fill='none' stroke='#8c5a4a' stroke-width='7'/>");
        svg.Append($"<rect x='{x - 18}' y='{top + height - 26}' width='126' height='28' rx='10' fill='#e2c096'/>");
        return svg.ToString();
    }

    private static string Ornament(double x, double y, double radius, int kind, string colour) => kind switch
    {
        0 => $"<circle cx='{N(x)}' cy='{N(y)}' r='{N(radius)}' fill='{colour}'/><circle cx='{N(x)}' cy='{N(y)}' r='{N(radius * 0.45)}' fill='#3c2b4a'/>",
        1 => $"<path d='M{N(x)} {N(y - radius)}L{N(x + radius)} {N(y)}L{N(x)} {N(y + radius)}L{N(x - radius)} {N(y)}Z' fill='{colour}'/>",
        2 => $"<path d='M{N(x - radius)} {N(y + radius)}L{N(x)} {N(y - radius)}L{N(x + radius)} {N(y + radius)}Z' fill='{colour}'/>",
        3 => $"<path d='M{N(x - radius)} {N(y)}a{N(radius)} {N(radius)} 0 0 1 {N(2 * radius)} 0z' fill='{colour}'/><rect x='{N(x - radius)}' y='{N(y + radius * 0.25)}' width='{N(2 * radius)}' height='{N(radius * 0.5)}' fill='{colour}'/>",
        _ => $"<path d='M{N(x - radius)} {N(y - radius)}h{N(radius * 0.8)}v{N(radius * 0.6)}h{N(radius * 0.6)}v{N(-radius * 0.6)}h{N(radius * 0.6)}v{N(radius * 2)}h{N(-radius * 2)}z' fill='{colour}'/>",
    };

    private static string Birds()
    {
        var svg = new StringBuilder();
        (double X, double Y, double Size)[] flock = [(300, 420, 54), (392, 352, 40), (470, 448, 34), (1060, 330, 48), (1168, 392, 34), (620, 300, 26)];
        foreach (var (x, y, s) in flock)
        {
            svg.Append($"<path d='M{N(x - s)} {N(y - s * 0.35)}q{N(s * 0.55)} {N(-s * 0.35)} {N(s)} {N(s * 0.4)}q{N(s * 0.5)} {N(-s * 0.75)} {N(s * 1.1)} {N(-s * 0.4)}q{N(-s * 0.6)} {N(s * 0.1)} {N(-s * 0.98)} {N(s * 0.72)}q{N(-s * 0.42)} {N(-s * 0.62)} {N(-s * 1.12)} {N(-s * 0.72)}z' fill='#fdf0d5'/>");
        }

        return svg.ToString();
    }

    private static string Leaves()
    {
        var random = new Random(61);
        string[] greens = ["#12403c", "#1d5a4c", "#2f7a5a", "#5a9a5e", "#a3b85c", "#0c2c33"];
        var svg = new StringBuilder();
        for (var i = 0; i < 64; i++)
        {
            var isLeft = i % 2 == 0;
            var out1 = random.NextDouble();
            var x = isLeft ? 70 + out1 * 380 : 1430 - out1 * 380;
            var y = 1960 - random.NextDouble() * (230 * (1 - out1) + 50);
            var length = 110 + random.NextDouble() * 190 * (1.1 - out1);
            var angle = -Math.PI / 2 + (isLeft ? 1 : -1) * (random.NextDouble() * 1.15 - 0.2);
            svg.Append(Leaf(x, y, length, angle, greens[random.Next(greens.Length)]));
        }

        for (var i = 0; i < 13; i++)
        {
            var isLeft = i % 2 == 0;
            var x = isLeft ? 120 + random.NextDouble() * 300 : 1380 - random.NextDouble() * 300;
            svg.Append(Blossom(x, 1690 + random.NextDouble() * 210, 20 + random.NextDouble() * 24, 5 + random.Next(3), random.NextDouble(), ((string[])["#f2577a", "#ff9e5e", "#ffd98a", "#fdf0d5"])[random.Next(4)]));
        }

        return svg.ToString();
    }

    private static string Leaf(double x, double y, double length, double angle, string colour)
    {
        var (dx, dy) = (Math.Cos(angle), Math.Sin(angle));
        var width = length * 0.2;
        string At(double along, double across) => $"{N(x + dx * length * along - dy * width * across)} {N(y + dy * length * along + dx * width * across)}";
        return $"<path d='M{At(0, 0)}Q{At(0.45, 1)} {At(1, 0)}Q{At(0.45, -1)} {At(0, 0)}Z' fill='{colour}'/><path d='M{At(0, 0)}L{At(0.9, 0)}' stroke='#d7e5a8' stroke-width='3' opacity='.6'/>";
    }

    private static string Blossom(double x, double y, double radius, int petals, double turn, string colour)
    {
        var svg = new StringBuilder();
        for (var i = 0; i < petals; i++)
        {
            var angle = 2 * Math.PI * (i + turn) / petals;
            svg.Append($"<circle cx='{N(x + Math.Cos(angle) * radius * 0.72)}' cy='{N(y + Math.Sin(angle) * radius * 0.72)}' r='{N(radius * 0.55)}' fill='{colour}'/>");
        }

        return svg.Append($"<circle cx='{N(x)}' cy='{N(y)}' r='{N(radius * 0.42)}' fill='#7a2f4f'/>").ToString();
    }

    private static string Mosaic()
    {
        var random = new Random(83);
        string[] stones = ["#10233f", "#1d5a6c", "#3f8f8c", "#e0785a", "#f5b25e", "#fdf0d5", "#7a3555", "#2b2c50", "#c9503f"];
        var svg = new StringBuilder("<path fill-rule='evenodd' fill='#e9d3ac' d='M0 0H1500V2000H0ZM");
        svg.Append($"{Frame} {Frame}V{Height - Frame}H{Width - Frame}V{Frame}Z'/>");
        void Stone(double x, double y, double width, double height)
        {
            double Jitter() => (random.NextDouble() - 0.5) * 7;
            svg.Append($"<path d='M{N(x + 3 + Jitter())} {N(y + 3 + Jitter())}L{N(x + width - 3 + Jitter())} {N(y + 3 + Jitter())}L{N(x + width - 3 + Jitter())} {N(y + height - 3 + Jitter())}L{N(x + 3 + Jitter())} {N(y + height - 3 + Jitter())}Z' fill='{stones[random.Next(stones.Length)]}'/>");
        }

        const double row = (Frame - 16) / 2.0;
        for (var line = 0; line < 2; line++)
        {
            foreach (var y in (double[])[8 + line * row, Height - Frame + 8 + line * row])
            {
                for (double x = 8; x < Width - 30;)
                {
                    var width = Math.Min(26 + random.NextDouble() * 58, Width - 8 - x);
                    Stone(x, y, width, row);
                    x += width;
                }
            }

            foreach (var x in (double[])[8 + line * row, Width - Frame + 8 + line * row])
            {
                for (double y = Frame; y < Height - Frame - 20;)
                {
                    var height = Math.Min(26 + random.NextDouble() * 58, Height - Frame - y);
                    Stone(x, y, row, height);
                    y += height;
                }
            }
        }

        svg.Append($"<rect x='{Frame}' y='{Frame}' width='{Width - 2 * Frame}' height='{Height - 2 * Frame}' fill='none' stroke='#10233f' stroke-width='10'/>");
        return svg.ToString();
    }

    private static string Document(string content) => Svg(0, 0, Width, Height, Definitions + content);

    private static string Svg(int x, int y, int width, int height, string content) =>
        $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{x} {y} {width} {height}' width='{width}' height='{height}'>{content}</svg>";

    private static string Polar(double radius, double angle) => $"{N(radius * Math.Cos(angle))} {N(radius * Math.Sin(angle))}";

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
