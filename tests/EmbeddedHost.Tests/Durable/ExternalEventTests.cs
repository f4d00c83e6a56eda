using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

public class ExternalEventTests
{
    [Fact]
    public async Task RaiseEvent_WhileWaiting_ArrivesWithItsPayloadWithoutRegardToCase()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Wait", async context =>
        {
            context.SetCustomStatus("waiting");
            return await context.WaitForExternalEvent<string>("approval");
        }));
        var id = await fixture.StartAsync("Wait");
        await fixture.UntilStatusAsync(id, "waiting");

        await fixture.Client.RaiseEventAsync(id, "APPROVAL", "granted");

        (await fixture.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("granted");
    }

    [Theory]
    [InlineData(512)]
    [InlineData(0)]
    public async Task RaiseEvent_BeforeAnybodyWaits_IsKeptInOrder(int cachedOrchestrations)
    {
        await using var fixture = new EngineFixture(
            new TestFunctions().Orchestrator("Late", async context =>
            {
                await context.WaitForExternalEvent<bool>("begin");
                var first = await context.WaitForExternalEvent<int>("value");
                var second = await context.WaitForExternalEvent<int>("value");
                return first * 10 + second;
            }),
            options => options with { MaxCachedOrchestrations = cachedOrchestrations });
        var id = await fixture.StartAsync("Late");

        await fixture.Client.RaiseEventAsync(id, "value", 4);
        await fixture.Client.RaiseEventAsync(id, "value", 2);
        await fixture.Client.RaiseEventAsync(id, "begin", true);

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(42);
    }

    [Fact]
    public async Task RaiseEvent_SeveralWaiters_GoesToTheLatest()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Stack", async context =>
        {
            var older = context.WaitForExternalEvent<string>("e");
            var newer = context.WaitForExternalEvent<string>("e");
            context.SetCustomStatus("waiting");
            var first = await Task.WhenAny(older, newer);
            return first == newer;
        }));
        var id = await fixture.StartAsync("Stack");
        await fixture.UntilStatusAsync(id, "waiting");

        await fixture.Client.RaiseEventAsync(id, "e", "x");

        (await fixture.EndOfAsync(id)).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task WaitForExternalEvent_NotInTime_IsCancelledAndALaterEventIsKept()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Patience", async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("answer", TimeSpan.FromMinutes(5));
            }
            catch (OperationCanceledException)
            {
                context.SetCustomStatus("gave up");
            }

            await context.WaitForExternalEvent<bool>("again");
            return "late " + await context.WaitForExternalEvent<string>("answer");
        }));
        var id = await fixture.StartAsync("Patience");
        await fixture.Client.WaitForInstanceStartAsync(id);
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        await fixture.UntilStatusAsync(id, "gave up");

        await fixture.Client.RaiseEventAsync(id, "answer", "yes");
        await fixture.Client.RaiseEventAsync(id, "again", true);

        (await fixture.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("late yes");
    }

    [Fact]
    public async Task WaitForExternalEvent_InTime_CancelsItsTimer()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Prompt", async context =>
        {
            var answer = await context.WaitForExternalEvent<string>("answer", TimeSpan.FromMinutes(5));
            await context.WaitForExternalEvent<string>("end");
            return answer;
        }));
        var id = await fixture.StartAsync("Prompt");
        await fixture.Client.RaiseEventAsync(id, "answer", "yes");
        await EngineFixture.UntilAsync(() => fixture.Engine.Store.ReadOwed() is { Timers.Count: 0, Ready.Count: 0 }, "no timer owed");

        await fixture.Client.RaiseEventAsync(id, "end");

        (await fixture.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("yes");
    }

    [Fact]
    public async Task RaiseEvent_PayloadOfAnotherType_ThrowsWhereItIsAwaited()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Number", context => context.WaitForExternalEvent<int>("n")));
        var id = await fixture.StartAsync("Number");

        await fixture.Client.RaiseEventAsync(id, "n", "not a number");

        (await fixture.EndOfAsync(id)).FailureDetails!.IsCausedBy<JsonException>().ShouldBeTrue();
    }

    [Fact]
    public async Task WaitForExternalEvent_TwoTypesUnderOneName_IsRefused()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Mixed", async context =>
        {
            _ = context.WaitForExternalEvent<int>("n");
            return await context.WaitForExternalEvent<string>("n");
        }));

        (await fixture.FailAsync("Mixed")).IsCausedBy<ArgumentException>().ShouldBeTrue();
    }

    [Fact]
    public async Task RaiseEvent_NobodyThereOrEnded_IsDroppedSilently()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Brief", _ => Task.FromResult(1)));
        var id = await fixture.StartAsync("Brief");
        await fixture.EndOfAsync(id);

        await fixture.Client.RaiseEventAsync(id, "late", 1);
        await fixture.Client.RaiseEventAsync("nobody", "lost", 1);

        fixture.Engine.Store.ReadOwed().Ready.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendEvent_BetweenOrchestrations_Arrives()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Hear", context => context.WaitForExternalEvent<string>("word"))
            .Orchestrator("Say", context =>
            {
                context.SendEvent("hearer", "word", "hello");
                context.SendEvent("nobody", "word", "lost");
                return Task.FromResult(true);
            }));
        await fixture.StartAsync("Hear", id: "hearer");

        (await fixture.RunAsync<bool>("Say")).ShouldBeTrue();

        (await fixture.EndOfAsync("hearer")).ReadOutputAs<string>().ShouldBe("hello");
    }
}
