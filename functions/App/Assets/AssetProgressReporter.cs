using Microsoft.Extensions.Logging;
using Portico.Documents;

namespace Portico.Assets;

/// <summary>
/// Tells of progress at a bearable rate. One instance serves one invocation: what it remembers (when it last told,
/// and how far) is worth nothing to the next.
/// </summary>
public sealed class AssetProgressReporter(IDocumentStore documents, AssetMessages messages, TimeProvider clock, ILogger<AssetProgressReporter> logger) : IAssetProgress, IDisposable
{
    private static readonly TimeSpan MessageInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PatchInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private Stored<Asset>? _asset;
    private bool _isOver;
    private long _messagedAt;
    private long _patchedAt;

    /// <inheritdoc />
    public async Task ReportAsync(MediaSource source, string step, double stepFraction, CancellationToken cancellation)
    {
        var progress = new AssetProgress(step, AssetSteps.WholeFraction(step, stepFraction));
        await _turn.WaitAsync(cancellation);
        try
        {
            if (!_isOver && (_messagedAt == 0 || clock.GetElapsedTime(_messagedAt) >= MessageInterval))
            {
                await TellAsync(source, progress, cancellation);
            }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            logger.LogWarning(failure, "Progress of asset {AssetId} could not be recorded", source.AssetId);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task TellAsync(MediaSource source, AssetProgress progress, CancellationToken cancellation)
    {
        _messagedAt = clock.GetTimestamp();
        _asset ??= await ReadAsync(source, cancellation);
        if (_asset is null || _asset.Document.Progress is { } known && known.Fraction >= progress.Fraction)
        {
            return;
        }

        _asset = _asset with { Document = _asset.Document with { Progress = progress } };
        await messages.SendAsync(_asset.Document, cancellation);
        if (_patchedAt == 0 || clock.GetElapsedTime(_patchedAt) >= PatchInterval)
        {
            _patchedAt = clock.GetTimestamp();
            await PatchAsync(source, progress, cancellation);
        }
    }

    // With the version insisted on: the asset may have ended, or the step beside this one may be further.
    private async Task PatchAsync(MediaSource source, AssetProgress progress, CancellationToken cancellation)
    {
        var written = await documents.PatchAsync(Asset.Documents, source.ProjectId, source.AssetId, new DocumentPatch().Set("/progress", progress), _asset!.ETag, cancellation);
        _asset = written.Outcome == WriteOutcome.Written ? written.Stored : await ReadAsync(source, cancellation);
    }

    private async Task<Stored<Asset>?> ReadAsync(MediaSource source, CancellationToken cancellation)
    {
        var stored = await documents.GetAsync(Asset.Documents, source.ProjectId, source.AssetId, cancellation);
        _isOver = stored is null || stored.Document.Status != AssetStatus.Processing || stored.Document.Source.ETag != source.SourceETag;
        return _isOver ? null : stored;
    }
}
