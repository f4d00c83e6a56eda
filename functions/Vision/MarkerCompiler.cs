namespace Portico.Vision;

/// <summary>Turns a picture into a marker file that the tracker finds and follows.</summary>
public static class MarkerCompiler
{
    /// <summary>
    /// Compiles <paramref name="image"/>. Pure: the same pixels give the same bytes on every machine. The image is
    /// scaled down as needed; more than 1,000 pixels on the long side add nothing. A picture that can't be tracked
    /// (flat, tiny, one pixel wide) compiles to a marker with score 0 and advice.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static CompiledMarker Compile(GrayImageView image, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        throw new NotSupportedException();
    }
}
