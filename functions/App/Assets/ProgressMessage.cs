namespace Portico.Assets;

/// <summary>
/// Sent as <c>asset.progress</c> to the group <c>project:{id}</c>. It carries the asset's whole visible
/// state, so a client that missed one needs only the next.
/// </summary>
/// <param name="Sequence">Rises per asset; drop a message whose sequence is not higher than the last seen.</param>
public sealed record ProgressMessage(
    string ProjectId,
    string AssetId,
    AssetKind Kind,
    AssetStatus Status,
    AssetProgress? Progress,
    AssetFailure? Failure,
    long Sequence,
    DateTimeOffset At)
{
    public const string Target = "asset.progress";
}

/// <summary>Tells everybody who watches a project how an asset is getting on. Called from activities only.</summary>
public interface IAssetProgress
{
    /// <summary>
    /// Reports that <paramref name="step"/> has come <paramref name="stepFraction"/> (0–1) of its way. Cheap to call
    /// often: at most four messages a second leave, and the document is patched at most once a second. A failure to
    /// tell never fails the work.
    /// </summary>
    Task ReportAsync(MediaSource source, string step, double stepFraction, CancellationToken cancellation);
}
