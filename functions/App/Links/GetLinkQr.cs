using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;
using QRCoder;

namespace Portico.Links;

/// <summary>
/// <c>GET /links/{code}/qr.svg</c> and <c>qr.png?size=</c>: black on white with the quiet zone of four modules that the
/// standard asks for; error correction Q, so that a quarter of it may be scuffed or covered by a logo.
/// </summary>
public sealed class GetLinkQr(LinkStore links, PublicOrigin origin)
{
    private const int MinSizePx = 128;
    private const int MaxSizePx = 4096;
    private const int DefaultSizePx = 1024;
    private const string Caching = "public, max-age=3600";

    [Function("GetLinkQrSvg")]
    [Public("The code is printed in public; its picture tells no more.")]
    public async Task<IResult> Svg([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "links/{code}/qr.svg")] HttpRequest request, string code, CancellationToken cancellation)
    {
        if (!await ExistsAsync(code, cancellation))
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        using var data = Encode(request, code);
        using var qr = new SvgQRCode(data);
        request.HttpContext.Response.Headers.CacheControl = Caching;
        return Results.Text(qr.GetGraphic(8, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute), "image/svg+xml");
    }

    [Function("GetLinkQrPng")]
    [Public("The code is printed in public; its picture tells no more.")]
    public async Task<IResult> Png([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "links/{code}/qr.png")] HttpRequest request, string code, CancellationToken cancellation)
    {
        var sizePx = DefaultSizePx;
        if (request.Query["size"].ToString() is { Length: > 0 } text && (!int.TryParse(text, out sizePx) || sizePx is < MinSizePx or > MaxSizePx))
        {
            return Problem.Field("size", $"Must be a number of pixels from {MinSizePx} to {MaxSizePx}.");
        }

        if (!await ExistsAsync(code, cancellation))
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        // Whole pixels a module: a resampled code has grey edges that scanners stumble over. So it is at most this size.
        using var data = Encode(request, code);
        using var qr = new PngByteQRCode(data);
        request.HttpContext.Response.Headers.CacheControl = Caching;
        return Results.Bytes(qr.GetGraphic(Math.Max(1, sizePx / data.ModuleMatrix.Count), drawQuietZones: true), "image/png");
    }

    private async Task<bool> ExistsAsync(string code, CancellationToken cancellation) =>
        LinkCode.IsValid(code) && await links.FindAsync(code, cancellation) is not null;

    private QRCodeData Encode(HttpRequest request, string code)
    {
        using var generator = new QRCodeGenerator();
        return generator.CreateQrCode(LinkView.UrlOf(code, origin.For(request)), QRCodeGenerator.ECCLevel.Q);
    }
}
