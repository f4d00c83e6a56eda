using Microsoft.Extensions.Logging;
using Portico.Realtime;

namespace Portico.Assets;

/// <summary>Names of the steps that progress is told of, and which part of the whole each is.</summary>
public static class AssetSteps
{
    public const string Check = "check";
    public const string Render = "render";
    public const string Compile = "compile";
    public const string Transcode = "transcode";
    public const string Publish = "publish";

    /// <summary>
    /// How far the whole has come (0–1) when <paramref name="step"/> has come <paramref name="stepFraction"/>. Render and
    /// compile run side by side; whoever is further in this scale is what people see, so it never falls.
    /// </summary>
    public static double WholeFraction(string step, double stepFraction)
    {
        var (from, to) = step switch
        {
            Check => (0.0, 0.05),
            Render => (0.05, 0.5),
            Compile => (0.5, 0.95),
            Transcode => (0.05, 0.95),
            Publish => (0.95, 1.0),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Not a step of an ingest."),
        };
        return from + ((to - from) * Math.Clamp(stepFraction, 0, 1));
    }
}

/// <summary>Sends an asset's visible state to those who watch its project. Telling may fail; the work goes on.</summary>
public sealed class AssetMessages(IHubMessages hub, TimeProvider clock, ILogger<AssetMessages> logger)
{
    // Sequences of one run of processing lie within one such block: progress below, its end at the top.
    private const long RunBlock = 1_000_000;

    public static string Group(string projectId) => $"project:{projectId}";

    /// <summary>Sends <paramref name="asset"/> as it stands.</summary>
    public async Task SendAsync(Asset asset, CancellationToken cancellation)
    {
        var message = new ProgressMessage(asset.ProjectId, asset.Id, asset.Kind, asset.Status, asset.Progress, asset.Failure, SequenceOf(asset), clock.GetUtcNow());
        try
        {
            await hub.SendToGroupAsync(Group(asset.ProjectId), ProgressMessage.Target, message, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            logger.LogWarning(failure, "Nobody could be told of asset {AssetId}", asset.Id);
        }
    }

    /// <summary>
    /// Rises with the state it numbers, whichever process computes it: by run, within a run by fraction, and an end above
    /// all progress. No clock and no counter that two instances would have to share.
    /// </summary>
    public static long SequenceOf(Asset asset) => asset.Status == AssetStatus.Processing
        ? (asset.Run * RunBlock) + (long)((asset.Progress?.Fraction ?? 0) * (RunBlock - 2))
        : (asset.Run * RunBlock) + RunBlock - 1;
}
