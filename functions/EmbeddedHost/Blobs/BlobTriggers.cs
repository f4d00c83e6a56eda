using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Invocation;
using Portico.Storage;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// Runs blob-triggered functions at least once for each version that a look at the blob finds. Told of writes at once;
/// a sweep at start and every minute finds what the telling missed. A version that fails is tried five times with
/// growing waits and is poison then; tries that fail because storage is away do not count.
/// </summary>
internal sealed class BlobTriggers : BackgroundService
{
    private static readonly TimeSpan StorageBackOff = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (FunctionDescriptor Function, BlobPattern Pattern)> _triggers;
    private readonly HostBlobs _blobs;
    private readonly BlobReceipts _receipts;
    private readonly InvocationPipeline _pipeline;
    private readonly Drain _drain;
    private readonly ILogger<BlobTriggers> _logger;
    private readonly IReadyPart[] _storage;
    private readonly BlobQueue _queue = new();
    private readonly TimeSpan _functionTimeout;
    private readonly TimeSpan _firstBackOff;
    private readonly TimeSpan _sweepEvery;
    private readonly int _mostTries;
    private readonly int _parallel;

    public BlobTriggers(
        FunctionCatalog catalog, HostBlobs blobs, BlobWrites writes, BlobReceipts receipts, InvocationPipeline pipeline,
        IEnumerable<IReadyPart> storage, Drain drain, HostSettings settings, IConfiguration configuration, ILogger<BlobTriggers> logger)
    {
        _triggers = catalog.TriggeredBy<BlobTriggerAttribute>().ToDictionary(found => found.Function.Name, found => (found.Function, new BlobPattern(found.Trigger.BlobPath)));
        _blobs = blobs;
        _receipts = receipts;
        _pipeline = pipeline;
        _storage = [.. storage];
        _drain = drain;
        _logger = logger;
        _functionTimeout = settings.FunctionTimeout;
        var hostJson = configuration.GetSection($"{HostConfiguration.HostJson}:extensions:blobs");
        _mostTries = hostJson.GetValue("poisonBlobThreshold", 5);
        _parallel = hostJson.GetValue("maxDegreeOfParallelism", 8 * Environment.ProcessorCount);
        _firstBackOff = TimeSpan.FromSeconds(configuration.GetValue("Portico:BlobRetrySeconds", 1.0));
        _sweepEvery = TimeSpan.FromSeconds(configuration.GetValue("Portico:BlobSweepSeconds", 60.0));
        writes.Written += Told;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_triggers.Count > 0)
        {
            await Task.WhenAll(Enumerable.Range(0, _parallel).Select(_ => WorkAsync()).Append(SweepAsync()));
        }
    }

    private void Told(string container, string blob)
    {
        foreach (var (name, (_, pattern)) in _triggers)
        {
            if (pattern.Match(container, blob) is not null)
            {
                _queue.Add(new BlobKey(name, container, blob));
            }
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                var key = await _queue.TakeAsync(_drain.Stopping);
                TimeSpan? again = null;
                try
                {
                    again = await LookAtAsync(key);
                }
                catch (Exception failure)
                {
                    // Our own bookkeeping failed (disk full, say): the blob must not be lost over it.
                    _logger.LogError(failure, "Could not process {Container}/{Blob}", key.Container, key.Blob);
                    again = StorageBackOff;
                }

                _queue.Finish(key);
                if (again is { } wait)
                {
                    _ = AddLaterAsync(key, wait);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops; the sweep of its next start finds what waits.
        }
    }

    /// <returns>After which wait to look again; null when there is nothing left to do.</returns>
    private async Task<TimeSpan?> LookAtAsync(BlobKey key)
    {
        var (function, pattern) = _triggers[key.Function];
        var blob = _blobs.Service.GetBlobContainerClient(key.Container).GetBlobClient(key.Blob);
        var (presence, etag) = await FindAsync(blob);
        if (presence != Presence.There)
        {
            if (presence == Presence.Unknown)
            {
                return StorageBackOff;
            }

            await _receipts.ForgetAsync(key);
            return null;
        }

        if (_receipts.IsSettled(key, etag) || await _receipts.BeginAsync(key, etag, _mostTries) is not { } tries)
        {
            return null;
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_drain.Expired);
        cancellation.CancelAfter(_functionTimeout);
        try
        {
            var version = new BlobVersion(blob, new ETag(etag), pattern.Match(key.Container, key.Blob)!);
            await _pipeline.InvokeAsync(function, new InvocationRequest(version, tries - 1, _mostTries - 1), version.Describe, null, cancellation.Token);
            await _receipts.CompleteAsync(key, etag);
            return null;
        }
        catch (Exception failure)
        {
            return await FailedAsync(key, etag, tries, blob, failure);
        }
    }

    private async Task<TimeSpan?> FailedAsync(BlobKey key, string etag, int tries, BlobClient blob, Exception failure)
    {
        if (_drain.Expired.IsCancellationRequested)
        {
            await _receipts.ForgiveAsync(key, etag);
            return null;
        }

        if (failure is DiskFullException)
        {
            _logger.LogError("{Function} found no room on the disk for {Container}/{Blob}: this try does not count", key.Function, key.Container, key.Blob);
            await _receipts.ForgiveAsync(key, etag);
            return StorageBackOff;
        }

        var (presence, current) = await FindAsync(blob);
        if (presence == Presence.Unknown)
        {
            _logger.LogWarning("{Function} failed on {Container}/{Blob} while blob storage is away: this try does not count", key.Function, key.Container, key.Blob);
            await _receipts.ForgiveAsync(key, etag);
            return StorageBackOff;
        }

        if (presence == Presence.Gone || current != etag)
        {
            // Deleted or overwritten under the function: what it failed on is no longer there.
            return TimeSpan.Zero;
        }

        if (await _receipts.FailAsync(key, etag, _mostTries, $"{failure.GetType().Name}: {failure.Message}"))
        {
            _logger.LogError(failure, "{Function} failed {Tries} times on {Container}/{Blob}, which is poison now", key.Function, tries, key.Container, key.Blob);
            return null;
        }

        var wait = _firstBackOff * Math.Pow(2, tries - 1);
        _logger.LogWarning(failure, "{Function} failed on {Container}/{Blob} (try {Try} of {MostTries}), again in {Wait}", key.Function, key.Container, key.Blob, tries, _mostTries, wait);
        return wait;
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(_sweepEvery);
        try
        {
            // Not before storage answers: the start has better to do than to wait for it in a loop.
            await Task.WhenAll(_storage.Select(part => part.WhenReadyAsync(_drain.Stopping)));
            do
            {
                while (!await TrySweepAsync(_drain.Stopping))
                {
                    await Task.Delay(StorageBackOff, _drain.Stopping);
                }
            }
            while (await timer.WaitForNextTickAsync(_drain.Stopping));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<bool> TrySweepAsync(CancellationToken cancellation)
    {
        foreach (var (name, (_, pattern)) in _triggers)
        {
            try
            {
                await foreach (var item in _blobs.Service.GetBlobContainerClient(pattern.Container).GetBlobsAsync(prefix: pattern.Prefix, cancellationToken: cancellation))
                {
                    var key = new BlobKey(name, pattern.Container, item.Name);
                    if (pattern.Match(pattern.Container, item.Name) is not null && !_receipts.IsSettled(key, Plain(item.Properties.ETag ?? default)))
                    {
                        _queue.Add(key);
                    }
                }
            }
            catch (RequestFailedException missing) when (missing.Status == 404)
            {
                // The app has not made its containers yet.
            }
            catch (Exception failure) when (failure is RequestFailedException or AggregateException)
            {
                return false;
            }
        }

        return true;
    }

    private async Task AddLaterAsync(BlobKey key, TimeSpan wait)
    {
        await Task.Delay(wait, _drain.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _queue.Add(key);
    }

    private static async Task<(Presence Presence, string ETag)> FindAsync(BlobClient blob)
    {
        try
        {
            return (Presence.There, Plain((await blob.GetPropertiesAsync()).Value.ETag));
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return (Presence.Gone, string.Empty);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            return (Presence.Unknown, string.Empty);
        }
    }

    // Listings give the tag without its quotes, properties with them.
    private static string Plain(ETag etag) => etag.ToString("G").Trim('"');

    private enum Presence
    {
        There,
        Gone,

        /// <summary>Storage does not answer.</summary>
        Unknown,
    }
}
