using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Portico.EmbeddedHost.Durable;

namespace Portico.EmbeddedHost.Tests.Durable;

/// <summary>Values too long for a row travel like all others and are gone with their instance.</summary>
public sealed class LargePayloadTests
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i:x4}ä"));

    [Theory]
    [InlineData(512)]
    [InlineData(0)]
    public async Task Payloads_LongOnes_ArriveWholeEverywhereAndOverARestart(int cachedOrchestrations)
    {
        var functions = new TestFunctions()
            .Activity<string, string>("Reverse", text => string.Concat(text.Reverse()))
            .Orchestrator("Inner", context => context.CallActivityAsync<string>("Reverse", context.GetInput<string>()))
            .Orchestrator("Outer", async context =>
            {
                var reversed = await context.CallSubOrchestratorAsync<string>("Inner", context.GetInput<string>());
                context.SetCustomStatus("waiting");
                var told = await context.WaitForExternalEvent<string>("tell");
                return string.Concat(reversed.Reverse()) + told;
            });
        await using var fixture = new EngineFixture(functions, options => options with { MaxCachedOrchestrations = cachedOrchestrations });
        var id = await fixture.StartAsync("Outer", Long);
        await fixture.UntilStatusAsync(id, "waiting");
        await fixture.RestartAsync();

        await fixture.Client.RaiseEventAsync(id, "tell", Long);

        var ended = await fixture.EndOfAsync(id);
        ended.ReadOutputAs<string>().ShouldBe(Long + Long);
        ended.ReadInputAs<string>().ShouldBe(Long);
        (await fixture.Client.GetAllInstancesAsync(new(FetchInputsAndOutputs: true)).ToListAsync())
            .ShouldContain(instance => instance.Name == "Inner" && instance.ReadInputAs<string>() == Long);
        Rows(fixture, "SELECT count(*) FROM events WHERE length(payload) > 100").ShouldBe(0, "they stand outside");
    }

    [Fact]
    public async Task ContinueAsNew_LongEvents_AreCarriedOverWhole()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Carry", async context =>
        {
            if (context.GetInput<int>() == 0)
            {
                await context.WaitForExternalEvent<int>("begin");
                context.ContinueAsNew(1);
                return 0;
            }

            var first = await context.WaitForExternalEvent<string>("value");
            return first == Long ? (await context.WaitForExternalEvent<string>("value")).Length : -1;
        }));
        var id = await fixture.StartAsync("Carry", 0);
        await fixture.Client.RaiseEventAsync(id, "value", Long);
        await fixture.Client.RaiseEventAsync(id, "begin", 1);
        await fixture.Client.RaiseEventAsync(id, "value", Long);

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(Long.Length);
    }

    [Fact]
    public async Task RaiseEvent_LongOneWhileATurnContinuesAsNew_ReachesTheNextExecution()
    {
        var begun = new TaskCompletionSource();
        using var go = new ManualResetEventSlim();
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Carry", async context =>
        {
            if (context.GetInput<int>() == 0)
            {
                begun.TrySetResult();
                go.Wait();
                context.ContinueAsNew(1);
                return 0;
            }

            return (await context.WaitForExternalEvent<string>("value")).Length;
        }));
        var id = await fixture.StartAsync("Carry", 0);
        await begun.Task;
        await fixture.Client.RaiseEventAsync(id, "value", Long);
        go.Set();

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(Long.Length);
        Rows(fixture, "SELECT count(*) FROM payloads").ShouldBe(1, "nothing is left of the first execution");
    }

    [Fact]
    public async Task PurgeAndReplace_InstanceWithLongPayloads_LeaveNoneBehind()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<string, string>("Echo", text => text)
            .Orchestrator("Call", context => context.CallActivityAsync<string>("Echo", context.GetInput<string>())));
        await fixture.EndOfAsync(await fixture.StartAsync("Call", Long, "one"));
        var once = Rows(fixture, "SELECT count(*) FROM payloads");
        once.ShouldBe(4, "input, the activity's input and output, output");

        await fixture.EndOfAsync(await fixture.StartAsync("Call", Long, "one"));
        Rows(fixture, "SELECT count(*) FROM payloads").ShouldBe(once);
        await fixture.Client.PurgeInstanceAsync("one");
        Rows(fixture, "SELECT count(*) FROM payloads").ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_WithALongOutput_ShowsIt()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Wait", context => context.WaitForExternalEvent<int>("never")));
        var id = await fixture.StartAsync("Wait");

        await fixture.Client.TerminateInstanceAsync(id, Long);

        (await fixture.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe(Long);
    }

    private static long Rows(EngineFixture fixture, string sql) =>
        fixture.Engine.Store.Read(session => (long)session.Statement(sql).ExecuteScalar()!);
}
