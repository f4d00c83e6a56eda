using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Durable;

namespace Portico.EmbeddedHost.Tests.Durable;

public class DeterminismTests
{
    private static DurableEngineOptions WithoutCache(DurableEngineOptions options) => options with { MaxCachedOrchestrations = 0 };

    [Fact]
    public async Task Replay_ClockAndIds_AreTheSameEveryTime()
    {
        var seen = new ConcurrentQueue<string>();
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Step", value => value)
                .Orchestrator("Ids", async context =>
                {
                    var trace = "";
                    for (var step = 0; step < 3; step++)
                    {
                        trace += $"{context.CurrentUtcDateTime:o} {context.NewGuid()} {context.NewGuid()};";
                        seen.Enqueue(trace);
                        await context.CallActivityAsync("Step", step);
                    }

                    return trace;
                }),
            WithoutCache);
        var id = await fixture.StartAsync("Ids");
        var ended = await fixture.EndOfAsync(id);

        var trace = ended.ReadOutputAs<string>()!;
        seen.ShouldAllBe(part => trace.StartsWith(part));
        trace.Split([' ', ';']).Where(part => Guid.TryParse(part, out _)).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public async Task ReplaySafeLogger_OverReplays_WritesEachLineOnce()
    {
        var lines = new Lines();
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Step", value => value)
                .Orchestrator("Talk", async context =>
                {
                    var logger = context.CreateReplaySafeLogger("test");
                    for (var step = 0; step < 4; step++)
                    {
                        logger.LogInformation("step {Step}", step);
                        await context.CallActivityAsync("Step", step);
                    }
                }),
            WithoutCache, start: false)
        { Loggers = LoggerFactory.Create(logging => logging.AddProvider(lines)) };
        await fixture.RestartAsync();

        await fixture.EndOfAsync(await fixture.StartAsync("Talk"));

        lines.Of("test").ShouldBe(["step 0", "step 1", "step 2", "step 3"]);
    }

    [Fact]
    public async Task IsReplaying_OverARestart_TurnsFalseOnNewGround()
    {
        var seen = new ConcurrentQueue<bool>();
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Look", async context =>
        {
            seen.Enqueue(context.IsReplaying);
            context.SetCustomStatus("waiting");
            await context.WaitForExternalEvent<int>("go");
            seen.Enqueue(context.IsReplaying);
        }));
        var id = await fixture.StartAsync("Look");
        await fixture.UntilStatusAsync(id, "waiting");
        await fixture.RestartAsync();
        await fixture.Client.RaiseEventAsync(id, "go", 1);
        await fixture.EndOfAsync(id);

        seen.ShouldBe([false, true, false]);
    }

    [Fact]
    public async Task Replay_CodeCallsAnotherActivity_FailsNamingTheStepAndKeepsTheHistory() => await CodeChangesAsync(
        async context => await context.CallActivityAsync<int>("Two", 1),
        "step #0", "'One'", "'Two'");

    [Fact]
    public async Task Replay_CodeWaitsInsteadOfCalling_FailsNamingTheStep() => await CodeChangesAsync(
        async context => await context.WaitForExternalEvent<int>("go"),
        "step #0", "'One'", "no longer asks");

    [Fact]
    public async Task Replay_CodeCallsOneMore_FailsNamingTheStep() => await CodeChangesAsync(
        async context =>
        {
            _ = context.CallActivityAsync<int>("One", 1);
            _ = context.CallActivityAsync<int>("Two", 1);
            return await context.WaitForExternalEvent<int>("go");
        },
        "step #1", "'Two'", "doesn't have");

    [Fact]
    public async Task Replay_CodeCallsASubOrchestratorOfTheSameName_FailsNamingBoth() => await CodeChangesAsync(
        async context => await context.CallSubOrchestratorAsync<int>("One", 1),
        "step #0", "the history has a call of activity 'One'", "the code now asks for a call of sub-orchestrator 'One'");

    [Fact]
    public async Task Replay_CodeSetsATimerFirst_FailsNamingBoth() => await CodeChangesAsync(
        async context =>
        {
            await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
            return await context.CallActivityAsync<int>("One", 1);
        },
        "step #0", "the history has a call of activity 'One'", "the code now asks for a timer");

    [Fact]
    public async Task Replay_CodeSendsAnEventFirst_FailsNamingBoth() => await CodeChangesAsync(
        async context =>
        {
            context.SendEvent("other", "hello", 1);
            return await context.CallActivityAsync<int>("One", 1);
        },
        "step #0", "the history has a call of activity 'One'", "event 'hello' sent to another instance");

    [Fact]
    public async Task Replay_CodeEndsEarlier_FailsSayingSo() => await CodeChangesAsync(
        async context =>
        {
            await context.CallActivityAsync<int>("One", 1);
            return 0;
        },
        "ends where the history goes on");

    private static async Task CodeChangesAsync(Func<TaskOrchestrationContext, Task<int>> changed, params string[] said)
    {
        var functions = () => new TestFunctions().Activity<int, int>("One", value => value).Activity<int, int>("Two", value => value);
        await using var fixture = new EngineFixture(functions().Orchestrator("Change", async context =>
        {
            await context.CallActivityAsync<int>("One", 1);
            context.SetCustomStatus("waiting");
            return await context.WaitForExternalEvent<int>("go");
        }));
        var id = await fixture.StartAsync("Change");
        await fixture.UntilStatusAsync(id, "waiting");
        var recorded = Counts(fixture);

        await fixture.RestartAsync(functions().Orchestrator("Change", changed));
        await fixture.Client.RaiseEventAsync(id, "go", 1);

        var ended = await fixture.EndOfAsync(id);
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        ended.FailureDetails!.ErrorType.ShouldBe("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException");
        foreach (var part in said)
        {
            ended.FailureDetails.ErrorMessage.ShouldContain(part);
        }

        // Kept for inspection: all that was there, and the event that brought the failure to light.
        Counts(fixture).ShouldBe((recorded.Events + 1, recorded.Actions));
    }

    private static (long Events, long Actions) Counts(EngineFixture fixture) => fixture.Engine.Store.Read(session => (
        (long)session.Statement("SELECT count(*) FROM events").ExecuteScalar()!,
        (long)session.Statement("SELECT count(*) FROM actions").ExecuteScalar()!));

    [Theory]
    [InlineData("a foreign task alone")]
    [InlineData("a foreign task beside an activity")]
    [InlineData("a foreign task beside an event that never comes")]
    [InlineData("a foreign task without context")]
    [InlineData("a foreign end")]
    [InlineData("a foreign cancellation")]
    public async Task Await_OfSomethingForeign_FailsInsteadOfHanging(string what)
    {
        // Opened only once the first turn is over: what is complete when it is awaited can't be told from anything else.
        var later = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancelledLater = new CancellationTokenSource();
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Step", value => value)
            .Orchestrator("Stray", async context =>
            {
                switch (what)
                {
                    case "a foreign task alone":
                        await later.Task;
                        break;
                    case "a foreign task beside an activity":
                        await Task.WhenAll(new TaskCompletionSource().Task, context.CallActivityAsync("Step", 1));
                        break;
                    case "a foreign task beside an event that never comes":
                        _ = context.WaitForExternalEvent<int>("never");
                        await later.Task;
                        break;
                    case "a foreign task without context":
                        _ = context.WaitForExternalEvent<int>("never");
                        await later.Task.ConfigureAwait(false);
                        context.SetCustomStatus("stray");
                        break;
                    case "a foreign end":
                        _ = context.WaitForExternalEvent<int>("never");
                        await later.Task.ConfigureAwait(false);
                        break;
                    case "a foreign cancellation":
                        await context.WaitForExternalEvent<int>("never", cancelledLater.Token);
                        break;
                }

                return 1;
            }));
        var id = await fixture.StartAsync("Stray");
        await fixture.Client.WaitForInstanceStartAsync(id);
        later.SetResult();
        cancelledLater.Cancel();

        var ended = await fixture.EndOfAsync(id);

        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        ended.FailureDetails!.IsCausedBy<InvalidOperationException>().ShouldBeTrue();
        ended.FailureDetails.ErrorMessage.ShouldContain("isn't the orchestration context's");
    }

    [Fact]
    public async Task Await_WithConfigureAwaitFalse_StaysOnTheOrchestratorsThread()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Step", value => value)
            .Orchestrator("Library", async context =>
            {
                await Task.Yield();
                var sum = 0;
                for (var step = 1; step <= 5; step++)
                {
                    sum += await context.CallActivityAsync<int>("Step", step).ConfigureAwait(false);
                    context.SetCustomStatus(sum);
                }

                return sum;
            }));

        (await fixture.RunAsync<int>("Library")).ShouldBe(15);
    }

    [Fact]
    public async Task SetCustomStatus_OverTheLimit_Throws()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Chatty", context =>
        {
            context.SetCustomStatus(new string('x', 8190));
            context.SetCustomStatus(new string('x', 8191));
            return Task.CompletedTask;
        }));

        (await fixture.FailAsync("Chatty")).IsCausedBy<ArgumentException>().ShouldBeTrue();
    }

    private sealed class Lines : ILoggerProvider
    {
        private readonly ConcurrentQueue<(string Category, string Line)> _lines = new();

        public IEnumerable<string> Of(string category) => _lines.Where(line => line.Category == category).Select(line => line.Line);

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<(string, string)> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue((category, formatter(state, exception)));
        }
    }
}
