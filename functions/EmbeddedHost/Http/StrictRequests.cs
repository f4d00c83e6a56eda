using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Portico.EmbeddedHost.Http;

/// <summary>
/// Refuses what Kestrel takes and a proxy in front of it may read otherwise: a body with two lengths, a transfer coding
/// other than one <c>chunked</c>, control characters in the address. What follows on such a connection could be somebody
/// else's request, so the connection is closed.
/// </summary>
internal static class StrictRequests
{
    /// <summary>Under this name Kestrel keeps the Content-Length of a request that has a Transfer-Encoding too.</summary>
    private const string OverruledContentLength = "X-Content-Length";

    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Request.Headers;
        var isChunked = headers.TransferEncoding.Count > 0;
        if ((isChunked && (headers.ContainsKey(OverruledContentLength) || !IsOneChunked(headers.TransferEncoding))) || HasControlCharacter(http))
        {
            if (!HttpProtocol.IsHttp2(http.Request.Protocol))
            {
                http.Response.Headers.Connection = "close";
            }

            return HostProblem.WriteAsync(http, StatusCodes.Status400BadRequest);
        }

        if (isChunked)
        {
            http.Request.Body = new ChunkedBody(http.Request.Body);
        }

        return next(http);
    }

    private static bool IsOneChunked(Microsoft.Extensions.Primitives.StringValues codings) =>
        codings.Count == 1 && string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase);

    private static bool HasControlCharacter(HttpContext http) =>
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan().ContainsAnyInRange('\0', '\x1f');

    /// <summary>Kestrel reports a chunk size beyond its integers as a fault of the connection; it is one of the request.</summary>
    private sealed class ChunkedBody(Stream body) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await body.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException failure) when (failure.InnerException is OverflowException)
            {
                throw new BadHttpRequestException("The chunk size is not valid.", StatusCodes.Status400BadRequest, failure);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => body.Read(buffer, offset, count);

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
