using System.Security.Cryptography;

namespace Portico.EmbeddedHost.Backup;

/// <summary>
/// Reads a source of known length once, from its beginning to its end, and hashes what passes.
/// </summary>
/// <param name="tellsLength">Claims to seek, so as to be asked for its length: tar wants it before the content.</param>
internal sealed class HashingStream(Stream source, long length, bool tellsLength) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => tellsLength;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set
        {
            if (value != _read)
            {
                throw new NotSupportedException("This is read once, from its beginning.");
            }
        }
    }

    /// <summary>Of everything read. Once, at the end.</summary>
    /// <exception cref="EndOfStreamException">The source ended early.</exception>
    public string Sha256() => _read == length
        ? Convert.ToHexStringLower(_hash.GetHashAndReset())
        : throw new EndOfStreamException($"{_read} of {length} bytes came.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - _read)], cancellationToken).ConfigureAwait(false);
        Passed(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = source.Read(buffer, offset, (int)Math.Min(count, length - _read));
        Passed(buffer.AsSpan(offset, read));
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _read + offset, _ => length + offset };
        return _read;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private void Passed(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _read += bytes.Length;
    }
}
