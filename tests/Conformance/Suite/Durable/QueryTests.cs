namespace Conformance.Durable;

/// <summary>Listing and purging by status and time. Sources in microsoft/durabletask-dotnet, test/Grpc.IntegrationTests/GrpcDurableTaskClientIntegrationTests.cs.</summary>
public sealed class QueryTests(Target target)
{
    /// <summary>Source: GetInstances_AsPages_EndToEnd: following the token visits every instance once, and no page is larger than asked for.</summary>
    [Fact]
    public async Task Pages_TogetherHoldEveryInstanceOnce()
    {
        var prefix = Key.New("page");
        await Task.WhenAll(Enumerable.Range(0, 11).Select(i => target.RunAsync("Chain", 2, $"{prefix}-{i:D2}")));

        var seen = new List<string>();
        string? token = null;
        var pages = 0;
        do
        {
            var page = await target.ListAsync($"prefix={prefix}&pageSize=4" + (token is null ? "" : $"&token={Uri.EscapeDataString(token)}"));
            page.Items.Count.ShouldBeLessThanOrEqualTo(4);
            seen.AddRange(page.Items.Select(item => item.Id));
            token = page.Token;
            (++pages).ShouldBeLessThan(20);
        }
        while (!string.IsNullOrEmpty(token));

        seen.ShouldBe(Enumerable.Range(0, 11).Select(i => $"{prefix}-{i:D2}"), ignoreOrder: true);
    }

    /// <summary>Source: GetInstances_EndToEnd.</summary>
    [Fact]
    public async Task List_ByStatus_HoldsThoseAlone()
    {
        var prefix = Key.New("status");
        await target.RunAsync("Chain", 2, prefix + "-completed");
        await target.RunAsync("FailByItself", id: prefix + "-failed");
        await target.BeginningOfAsync(await target.StartAsync("WaitForOne", "go", prefix + "-running"));

        (await IdsAsync($"prefix={prefix}&statuses=Completed")).ShouldBe([prefix + "-completed"]);
        (await IdsAsync($"prefix={prefix}&statuses=Failed,Running")).ShouldBe([prefix + "-failed", prefix + "-running"], ignoreOrder: true);
        (await IdsAsync($"prefix={prefix}&statuses=Terminated")).ShouldBeEmpty();

        await target.TerminateAsync(prefix + "-running");
    }

    [Fact]
    public async Task List_ByTimeOfCreation_HoldsThoseAlone()
    {
        var prefix = Key.New("time");
        var first = await target.RunAsync("Chain", 2, prefix + "-1");
        await Task.Delay(50);
        var second = await target.RunAsync("Chain", 2, prefix + "-2");
        var between = first.CreatedAt + ((second.CreatedAt - first.CreatedAt) / 2);

        (await IdsAsync($"prefix={prefix}&to={At(between)}")).ShouldBe([first.Id]);
        (await IdsAsync($"prefix={prefix}&from={At(between)}")).ShouldBe([second.Id]);
    }

    /// <summary>Inputs and outputs come when they are asked for, and only then.</summary>
    [Fact]
    public async Task List_ReadsInputsAndOutputsOnRequest()
    {
        var id = (await target.RunAsync("Chain", 2, Key.New("inputs"))).Id;

        (await target.ListAsync($"prefix={id}&inputs=true")).Items.Single().Output.ShouldBe("256");
        (await target.ListAsync($"prefix={id}&inputs=false")).Items.Single().Output.ShouldBeNull();
    }

    /// <summary>Source: PurgeInstances_WithFilter_EndToEnd: ended instances of the span go, open ones and others stay.</summary>
    [Fact]
    public async Task Purge_ByFilter_RemovesEndedInstancesOfTheSpanAlone()
    {
        var prefix = Key.New("purge");
        var outside = await target.RunAsync("Chain", 2, prefix + "-outside");
        await Task.Delay(50);
        var failed = await target.RunAsync("FailByItself", id: prefix + "-failed");
        var open = await target.StartAsync("WaitForOne", "go", prefix + "-open");
        await target.BeginningOfAsync(open);

        // Other tests' instances may fall into the span too, but none of theirs fails at the same instant.
        var from = failed.CreatedAt.AddMilliseconds(-1);
        var purged = await Target.ReadAsync<int>(await target.SendAsync(HttpMethod.Post, $"purge?from={At(from)}&to={At(failed.CreatedAt.AddMilliseconds(1))}&statuses=Failed"));

        purged.ShouldBeGreaterThanOrEqualTo(1);
        (await target.FindInstanceAsync(failed.Id)).ShouldBeNull();
        (await target.FindInstanceAsync(outside.Id)).ShouldNotBeNull();
        (await target.FindInstanceAsync(open)).ShouldNotBeNull();
        await target.TerminateAsync(open);
    }

    private async Task<List<string>> IdsAsync(string query) => [.. (await target.ListAsync(query)).Items.Select(item => item.Id)];

    private static string At(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O"));
}
