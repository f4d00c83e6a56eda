using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Portico.Assets;

/// <summary>Which asset to ingest.</summary>
public sealed record IngestRequest(string ProjectId, string AssetId);

/// <summary>How it ended.</summary>
/// <param name="Failure">Null when the asset is ready, or when there was nothing to do.</param>
public sealed record IngestOutcome(string AssetId, AssetFailure? Failure);

/// <summary>
/// From an uploaded file to a published asset:
/// pin the source → probe → render the images and compile the marker, or transcode the video → publish.
/// A file that can't be used is an outcome; a step that kept failing for our reasons fails the instance, once its asset
/// says so (<see cref="RetryIngest"/>).
/// </summary>
/// <remarks>
/// Instances live for minutes and are replayed from their history. While any are in flight, don't rename an
/// activity, reorder the calls, or change what a record of MediaSteps.cs means.
/// </remarks>
public static class IngestAsset
{
    // 2, 6, 18 and 54 s apart: outlasts a storage service that restarts, and gives up while somebody still waits.
    internal static readonly TaskOptions Retries = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(2), backoffCoefficient: 3));

    // The last word must get through: without it the asset would process for ever.
    internal static readonly TaskOptions LastWord = TaskOptions.FromRetryPolicy(new RetryPolicy(20, TimeSpan.FromSeconds(2), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(5)));

    /// <summary>One instance for each version of an upload: the same event twice finds the first one at work.</summary>
    public static string InstanceId(string assetId, string uploadETag) =>
        $"ingest-{assetId}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uploadETag)).AsSpan(0, 8))}";

    [Function(nameof(IngestAsset))]
    public static async Task<IngestOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<IngestRequest>()!;
        var logger = context.CreateReplaySafeLogger(nameof(IngestAsset));
        AssetFailure? failure;
        try
        {
            context.SetCustomStatus("pin");
            var pinned = await context.CallActivityAsync<Step<MediaSource>>(nameof(PinSource), new PinRequest(request.ProjectId, request.AssetId, context.InstanceId), Retries);
            if (pinned is { Value: null, Failure: null })
            {
                logger.LogInformation("Asset {AssetId} is gone, or another run has it", request.AssetId);
                return new IngestOutcome(request.AssetId, null);
            }

            failure = pinned.Failure ?? pinned.Value!.Kind switch
            {
                AssetKind.Image => await IngestImage(context, pinned.Value),
                AssetKind.Video => await IngestVideo(context, pinned.Value),
                _ => throw new InvalidOperationException($"Nothing ingests {pinned.Value.Kind}."),
            };
        }
        catch (TaskFailedException exception)
        {
            logger.LogError("Ingest of {AssetId} gave up at {Activity}: {Error}", request.AssetId, exception.TaskName, exception.FailureDetails.ErrorMessage);
            await MarkFailedAsync(context, request, AssetFailures.ProcessingFailed.Because());

            // A fault of ours, not of the file: the instance ends as failed, where operators look and retry.
            throw;
        }

        if (failure is not null)
        {
            await MarkFailedAsync(context, request, failure);
        }

        return new IngestOutcome(request.AssetId, failure);
    }

    private static Task MarkFailedAsync(TaskOrchestrationContext context, IngestRequest request, AssetFailure failure)
    {
        context.SetCustomStatus("failed");
        return context.CallActivityAsync(nameof(MarkAssetFailed), new FailedAsset(request.ProjectId, request.AssetId, context.InstanceId, failure), LastWord);
    }

    private static async Task<AssetFailure?> IngestImage(TaskOrchestrationContext context, MediaSource source)
    {
        context.SetCustomStatus("check");
        var probe = await context.CallActivityAsync<Step<ImageProbe>>(MediaActivities.ProbeImage, source, Retries);
        if (probe.Failure is not null)
        {
            return probe.Failure;
        }

        context.SetCustomStatus("render");
        var image = new ImageToRender(source, probe.Value!);
        var rendering = context.CallActivityAsync<Step<ImageFacts>>(MediaActivities.RenderImages, image, Retries);
        var compiling = context.CallActivityAsync<Step<MarkerFacts>>(MediaActivities.CompileMarker, image, Retries);
        await Task.WhenAll(rendering, compiling);
        if ((rendering.Result.Failure ?? compiling.Result.Failure) is { } failure)
        {
            return failure;
        }

        context.SetCustomStatus("publish");
        await context.CallActivityAsync(nameof(PublishAsset), new AssetToPublish(source, context.InstanceId, Image: rendering.Result.Value, Marker: compiling.Result.Value), Retries);
        return null;
    }

    private static async Task<AssetFailure?> IngestVideo(TaskOrchestrationContext context, MediaSource source)
    {
        context.SetCustomStatus("check");
        var probe = await context.CallActivityAsync<Step<VideoProbe>>(MediaActivities.ProbeVideo, source, Retries);
        if (probe.Failure is not null)
        {
            return probe.Failure;
        }

        context.SetCustomStatus("transcode");
        var video = await context.CallActivityAsync<Step<VideoFacts>>(MediaActivities.TranscodeVideo, new VideoToTranscode(source, probe.Value!), Retries);
        if (video.Failure is not null)
        {
            return video.Failure;
        }

        context.SetCustomStatus("publish");
        await context.CallActivityAsync(nameof(PublishAsset), new AssetToPublish(source, context.InstanceId, Video: video.Value), Retries);
        return null;
    }
}
