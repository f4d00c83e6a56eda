namespace Conformance.Http;

/// <summary>
/// A caller that goes away. Source: Azure/azure-functions-dotnet-worker, test/E2ETests/E2ETests/AspNetCore/CancellationEndToEndTests.cs,
/// HttpTriggerFunctions_WithCancellationToken_BehaveAsExpected (its cases NotUsed and Handled).
/// </summary>
public sealed class CancellationTests(Target target)
{
    [Fact]
    public async Task Caller_ThatGoesAway_SignalsTheToken()
    {
        var key = Key.New("cancelled");
        using var caller = new CancellationTokenSource();
        var call = target.SendAsync(HttpMethod.Get, $"long/{key}/60", cancellation: caller.Token);
        await target.ObservationsAsync(key, seen => seen.Contains("began"));

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
        (await target.ObservationsAsync(key, seen => seen.Count == 2)).ShouldBe(["began", "cancelled"]);
    }

    [Fact]
    public async Task Caller_ThatGoesAway_DoesNotStopAFunctionThatDoesNotLook()
    {
        var key = Key.New("regardless");
        using var caller = new CancellationTokenSource();
        var call = target.SendAsync(HttpMethod.Get, $"regardless/{key}", cancellation: caller.Token);
        await target.ObservationsAsync(key, seen => seen.Contains("began"));

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
        (await target.ObservationsAsync(key, seen => seen.Count == 2)).ShouldBe(["began", "finished"]);
    }

    [Fact]
    public async Task Caller_ThatStays_IsAnswered()
    {
        var key = Key.New("patient");

        (await target.GetTextAsync($"long/{key}/1")).ShouldBe("finished");

        (await target.ObservationsAsync(key)).ShouldBe(["began", "finished"]);
    }
}
