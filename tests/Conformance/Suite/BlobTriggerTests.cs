namespace Conformance;

/// <summary>What becomes of blobs that appear, are overwritten, or cannot be digested.</summary>
public sealed class BlobTriggerTests(Target target)
{
    /// <summary>How long to look whether something happens that must not.</summary>
    private TimeSpan Quiet => TimeSpan.FromSeconds(target.Of(embedded: 3, azure: 45));

    /// <summary>
    /// Content as text, bytes, stream; parts of the name by name. Source: Azure/azure-functions-dotnet-worker,
    /// test/E2ETests/E2ETests/Storage/BlobEndToEndTests.cs, BlobTrigger_String_Succeeds, BlobTrigger_Stream_Succeeds.
    /// </summary>
    [Fact]
    public async Task Blob_Arrives_AsTheParametersType()
    {
        var key = Key.New("types");

        await Task.WhenAll(
            target.PutBlobAsync("conformance-text", $"{key}/a b.txt", "Grüße"),
            target.PutBlobAsync("conformance-bytes", $"{key}/raw", [0, 255, 128]),
            target.PutBlobAsync("conformance-stream", $"{key}/long", new byte[300_000]));

        (await target.ObservationsAsync(key, seen => seen.Count == 3)).ShouldBe(["text a b Grüße", "bytes raw 00FF80", "stream long 300000"], ignoreOrder: true);
    }

    /// <summary>Source: the same file, BlobTrigger_BlobClient_Succeeds; BlobInput beside a trigger, with the trigger's name parts.</summary>
    [Fact]
    public async Task Blob_Arrives_AsAClientBesideAnInput()
    {
        var key = Key.New("client");
        await target.PutBlobAsync("conformance-text", $"{key}/beside.txt", "the other blob");
        await target.PutBlobAsync("conformance-client", $"{key}/this", "12345");

        (await target.ObservationsAsync(key, seen => seen.Any(what => what.StartsWith("client", StringComparison.Ordinal))))
            .ShouldContain($"client conformance-client/{key}/this 5 beside the other blob");
    }

    /// <summary>Source: the same file, BlobTriggerToBlob_Succeeds.</summary>
    [Fact]
    public async Task Output_OfATrigger_IsWritten()
    {
        var key = Key.New("copy");

        await target.PutBlobAsync("conformance-originals", $"{key}/name", "shout");

        await target.EventuallyAsync(async () => await (await target.GetAsync($"blobs/conformance-copies/{key}/name")).Content.ReadAsStringAsync(), text => text == "SHOUT");
    }

    /// <summary>Source: Azure/azure-webjobs-sdk, BlobTriggerExecutorTests.cs, ExecuteAsync_IfBlobDoesNotMatchPattern_ReturnsSuccessfulResult.</summary>
    [Fact]
    public async Task Blob_ThatDoesNotMatch_StartsNothing()
    {
        var key = Key.New("pattern");
        await target.PutBlobAsync("conformance-text", $"{key}/picture.png", "no text");
        await target.PutBlobAsync("conformance-text", $"{key}/seen.txt", "text");

        await target.ObservationsAsync(key, seen => seen.Count > 0);
        await Task.Delay(Quiet);

        (await target.ObservationsAsync(key)).ShouldBe(["text seen text"]);
    }

    /// <summary>
    /// One version runs once however often the container is scanned; an overwritten blob is another version and runs again.
    /// Source: Azure/azure-webjobs-sdk, test/Microsoft.Azure.Webjobs.Extensions.Storage.UnitTests/Blobs/Listeners/BlobTriggerExecutorTests.cs,
    /// ExecuteAsync_IfCompletedBlobReceiptExists_ReturnsSuccessfulResult (receipts are by ETag).
    /// </summary>
    [Fact]
    public async Task Version_RunsOnce_AndItsSuccessorAgain()
    {
        var key = Key.New("versions");
        await target.PutBlobAsync("conformance-text", $"{key}/v.txt", "first");
        await target.ObservationsAsync(key, seen => seen.Count > 0);
        await Task.Delay(Quiet);
        (await target.ObservationsAsync(key)).ShouldBe(["text v first"]);

        await target.PutBlobAsync("conformance-text", $"{key}/v.txt", "second");

        await target.ObservationsAsync(key, seen => seen.Count > 1);
        await Task.Delay(Quiet);
        (await target.ObservationsAsync(key)).ShouldBe(["text v first", "text v second"]);
    }

    /// <summary>
    /// Five tries, then the version is left alone, and others are not held up; overwriting makes a new version.
    /// Source: Azure/azure-webjobs-sdk, BlobQueueTriggerExecutorTests.cs, ExecuteAsync_IfInnerExecutorFails_ReturnsFailureResult, and
    /// host.json's poisonBlobThreshold, 5.
    /// </summary>
    [Fact]
    public async Task PoisonBlob_IsTriedFiveTimes_AndLeftAloneUntilOverwritten()
    {
        var key = Key.New("poison");
        await target.PutBlobAsync("conformance-poison", $"{key}/bad", "poison");
        await target.PutBlobAsync("conformance-poison", $"{key}/good", "bread");

        await target.ObservationsAsync(key, seen => seen.Count(what => what == "tried bad poison") >= 5);
        await Task.Delay(Quiet);
        var seen = await target.ObservationsAsync(key);
        seen.Count(what => what == "tried bad poison").ShouldBe(5);
        seen.Count(what => what == "tried good bread").ShouldBe(1);

        await target.PutBlobAsync("conformance-poison", $"{key}/bad", "bread, too");

        await target.ObservationsAsync(key, after => after.Contains("tried bad bread, too"));
    }
}
