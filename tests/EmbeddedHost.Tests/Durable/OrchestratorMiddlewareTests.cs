using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Portico.EmbeddedHost.Tests.Blobs;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Durable;

/// <summary>The app's middleware around orchestrators: at each replay and without a foreign await, as in Azure.</summary>
public sealed class OrchestratorMiddlewareTests
{
    [Function("Hold")]
    public static async Task<string> Hold([OrchestrationTrigger] TaskOrchestrationContext context) =>
        "held " + await context.WaitForExternalEvent<string>("go");

    [Fact]
    public async Task Middleware_AroundAnOrchestrator_RunsAtEachReplayAndEndsOnce()
    {
        var data = TestHost.TemporaryFolder();
        var steps = new List<string>();
        void Configure(FunctionsApplicationBuilder builder) => builder.UseWhen(context => context.FunctionDefinition.Name == "Hold", async (context, next) =>
        {
            lock (steps)
            {
                steps.Add("in");
            }

            await next();
            context.GetInvocationResult().Value += " and marked";
            lock (steps)
            {
                steps.Add("out");
            }
        });

        await using (var first = await TestHost.StartAsync(dataPath: data, configure: Configure))
        {
            var client = first.Service<DurableTaskClient>();
            await client.ScheduleNewOrchestrationInstanceAsync("Hold", null, new StartOrchestrationOptions("h"));
            await client.WaitForInstanceStartAsync("h");
        }

        steps.ShouldBe(["in"]);
        await using (var second = await TestHost.StartAsync(dataPath: data, configure: Configure))
        {
            var client = second.Service<DurableTaskClient>();
            await client.RaiseEventAsync("h", "go", "on");
            var ended = await client.WaitForInstanceCompletionAsync("h", getInputsAndOutputs: true, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
            ended.ReadOutputAs<string>().ShouldBe("held on and marked");
        }

        steps.ShouldBe(["in", "in", "out"]);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Middleware_ThatAwaitsSomethingOfItsOwn_FailsOrchestratorsClearlyAndNothingElse()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.UseMiddleware(async (_, next) =>
        {
            await Task.Delay(1);
            await next();
        }));
        var client = host.Service<DurableTaskClient>();

        var id = await client.ScheduleNewOrchestrationInstanceAsync("Order", new OrderInput("o", 1));

        var ended = await client.WaitForInstanceCompletionAsync(id, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        ended.FailureDetails!.ErrorMessage.ShouldContain("isn't the orchestration context's");
        (await host.Client.GetAsync("/api/v1/scope")).IsSuccessStatusCode.ShouldBeTrue();
    }
}
