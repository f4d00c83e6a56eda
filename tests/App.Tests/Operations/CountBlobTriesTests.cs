using System.Collections.Immutable;
using App.Tests.Blobs;
using App.Tests.Documents;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Blobs;
using Portico.Documents;
using Portico.Operations;

namespace App.Tests.Operations;

[Collection(AzuriteCollection.Name)]
public sealed class CountBlobTriesTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TriggerLimits Limits = new(PoisonBlobThreshold: 3, FunctionTimeout: TimeSpan.FromMinutes(30));

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();
    private readonly AzuriteFixture _azurite;
    private readonly BlobName _blob = BlobName.Upload("prj_tries", $"ast_{Guid.NewGuid():n}");

    public CountBlobTriesTests(AzuriteFixture azurite) => _azurite = azurite;

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task Invoke_FunctionReturns_LeavesNothing()
    {
        await WriteBlobAsync();

        await TryAsync(() => Task.CompletedTask);

        (await FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Invoke_FailsEachTime_IsPoisonedAtTheThreshold()
    {
        await WriteBlobAsync();
        for (var i = 1; i <= Limits.PoisonBlobThreshold; i++)
        {
            await Should.ThrowAsync<IOException>(() => TryAsync(() => throw new IOException("no good ?sig=secret")));
            (await FindAsync())!.Count.ShouldBe(i);
            View(await FindAsync()).State.ShouldBe(i < Limits.PoisonBlobThreshold ? BlobTriesState.Retrying : BlobTriesState.Poisoned);
        }

        (await FindAsync())!.Failure.ShouldBe(new TryFailure("System.IO.IOException", "no good ?sig=[redacted]"));
    }

    [Fact]
    public async Task Invoke_EveryTryEndsWithItsProcess_IsPoisonedOnceNobodyCanBeAtItAnyMore()
    {
        await WriteBlobAsync();
        for (var i = 0; i < Limits.PoisonBlobThreshold; i++)
        {
            // Nothing after the beginning ever happens: all that a killed process leaves.
            var begun = new TaskCompletionSource();
            _ = TryAsync(() =>
            {
                begun.SetResult();
                return new TaskCompletionSource().Task;
            });
            await begun.Task;
        }

        View(await FindAsync()).State.ShouldBe(BlobTriesState.LastTry);
        _clock.Advance(Limits.FunctionTimeout);
        View(await FindAsync()).State.ShouldBe(BlobTriesState.Poisoned);
        (await FindAsync())!.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Invoke_CutShortByTheHost_DoesNotCount()
    {
        await WriteBlobAsync();
        using var stopping = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => TryAsync(
            async () =>
            {
                await stopping.CancelAsync();
                stopping.Token.ThrowIfCancellationRequested();
            },
            stopping.Token));

        (await FindAsync())!.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Invoke_OfANewVersion_CountsFromOne()
    {
        await WriteBlobAsync();
        for (var i = 0; i < 2; i++)
        {
            await Should.ThrowAsync<IOException>(() => TryAsync(() => throw new IOException("no good")));
        }

        var renewed = await _azurite.Blobs.RenewAsync(_blob, None);
        await Should.ThrowAsync<IOException>(() => TryAsync(() => throw new IOException("still no good")));

        var tries = (await FindAsync())!;
        tries.Count.ShouldBe(1);
        tries.ETag.ShouldBe(renewed);
    }

    [Fact]
    public async Task Invoke_StoreIsAway_RunsTheFunctionUncounted()
    {
        await WriteBlobAsync();
        await _documents.Store.DisposeAsync();
        var ran = false;

        await TryAsync(() =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        ran.ShouldBeTrue();
    }

    [Fact]
    public async Task Renew_KeepsBytesTypeAndMetadataAndChangesTheVersion()
    {
        var before = await WriteBlobAsync();

        var after = await _azurite.Blobs.RenewAsync(_blob, None);

        after.ShouldNotBe(before);
        var facts = (await _azurite.Blobs.FindAsync(_blob, None))!;
        (facts.ETag, facts.Bytes, facts.ContentType).ShouldBe((after, 3, "image/jpeg"));
        (await _azurite.Blobs.RenewAsync(_blob with { Path = "prj_tries/none/source" }, None)).ShouldBeNull();
    }

    private Task<string> WriteBlobAsync() => _azurite.Blobs.WriteAsync(_blob, new MemoryStream([1, 2, 3]), new BlobHeaders("image/jpeg", BlobHeaders.NoStore), None);

    private Task TryAsync(Func<Task> function, CancellationToken cancellation = default) =>
        new CountBlobTries(_documents.Store, _azurite.Blobs, Limits, _clock, NullLogger<CountBlobTries>.Instance).Invoke(new BlobInvocation(_blob, cancellation), _ => function());

    private async Task<BlobTries?> FindAsync() =>
        (await _documents.Store.GetAsync(BlobTries.Documents, BlobTries.BlobTrigger, BlobTries.IdOf("Tested", _blob.ToString()), None))?.Document;

    private BlobTriesView View(BlobTries? tries) => BlobTriesView.Of(tries!, Limits, _clock.GetUtcNow());

    /// <summary>An invocation that a blob started.</summary>
    private sealed class BlobInvocation(BlobName blob, CancellationToken cancellation) : FunctionContext
    {
        public override string InvocationId => "1";
        public override string FunctionId => "1";
        public override TraceContext TraceContext => throw new NotSupportedException();
        public override BindingContext BindingContext { get; } = new Data(blob);
        public override RetryContext RetryContext => throw new NotSupportedException();
        public override IServiceProvider InstanceServices { get; set; } = null!;
        public override FunctionDefinition FunctionDefinition { get; } = new Definition();
        public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
        public override IInvocationFeatures Features => throw new NotSupportedException();
        public override CancellationToken CancellationToken => cancellation;
    }

    private sealed class Data(BlobName blob) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData { get; } = new Dictionary<string, object?> { ["BlobTrigger"] = blob.ToString() };
    }

    private sealed class Definition : FunctionDefinition
    {
        public override ImmutableArray<FunctionParameter> Parameters => [];
        public override string PathToAssembly => "";
        public override string EntryPoint => "";
        public override string Id => "1";
        public override string Name => "Tested";
        public override IImmutableDictionary<string, BindingMetadata> InputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
    }
}
