using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Portico.EmbeddedHost.Invocation;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Invocation;

/// <summary>What it takes to notice that a function keeps something in memory between two invocations.</summary>
public sealed class StateDisciplineTests
{
    private const string Fresh = "--Portico:FreshProviderPerInvocation=true";

    /// <summary>A singleton that remembers what it shouldn't: the next instance knows nothing of it.</summary>
    public sealed class Remembering(Seen seen) : IDisposable
    {
        private int _calls;

        public int Next() => ++_calls;

        public void Dispose() => seen.Add("memory ended");
    }

    public sealed class Functions(IServiceProvider services)
    {
        [Function("Remember")]
        public IResult Remember([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "remember")] HttpRequest request) =>
            Results.Text(services.GetRequiredService<Remembering>().Next().ToString());

        [Function("RememberStep")]
        public int RememberStep([ActivityTrigger] string input) => services.GetRequiredService<Remembering>().Next();

        [Function("RememberInSteps")]
        public async Task<int[]> RememberInSteps([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            var ofTheOrchestrator = services.GetRequiredService<Remembering>().Next();
            var first = await context.CallActivityAsync<int>("RememberStep", "");
            var second = await context.CallActivityAsync<int>("RememberStep", "");
            return [ofTheOrchestrator, first, second];
        }
    }

    [Theory]
    [InlineData(false, "1 2 3")]
    [InlineData(true, "1 1 1")]
    public async Task Get_CounterKeptInASingleton_IsFoundOutByFreshProviders(bool fresh, string expected)
    {
        await using var host = await StartAsync(fresh);

        var answers = new[] { await host.Client.GetStringAsync("/api/v1/remember"), await host.Client.GetStringAsync("/api/v1/remember"), await host.Client.GetStringAsync("/api/v1/remember") };

        string.Join(' ', answers).ShouldBe(expected);
        if (fresh)
        {
            await host.Seen.WaitForAsync("memory ended", times: 3);
        }
    }

    [Theory]
    [InlineData(false, "1 2 3")]
    [InlineData(true, "1 1 1")]
    public async Task Orchestration_CounterKeptInASingleton_IsFoundOutByFreshProviders(bool fresh, string expected)
    {
        await using var host = await StartAsync(fresh);
        var client = host.Service<DurableTaskClient>();

        var id = await client.ScheduleNewOrchestrationInstanceAsync("RememberInSteps", TestContext.Current.CancellationToken);

        var ended = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, TestContext.Current.CancellationToken);
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed, ended.FailureDetails?.ToString());
        string.Join(' ', ended.ReadOutputAs<int[]>()!).ShouldBe(expected);
    }

    [Fact]
    public async Task FreshProviders_ObjectsHandedOverReadyMade_AreNamed()
    {
        await using var host = await TestHost.StartAsync(
            configure: builder => builder.Services.AddSingleton(new Version(1, 2)).AddSingleton<Remembering>(), settings: Fresh);

        ((FreshProviders)host.Service<InvocationScopes>()).CarriedOver.ShouldBe([typeof(Seen), typeof(Version)]);
    }

    [Fact]
    public async Task FreshProviders_HostsOwnServices_AreTheHostsThemselves()
    {
        await using var host = await StartAsync(fresh: true);

        await using var one = host.Service<InvocationScopes>().Begin();
        await using var other = host.Service<InvocationScopes>().Begin();

        one.ServiceProvider.GetRequiredService<DurableTaskClient>().ShouldBeSameAs(host.Service<DurableTaskClient>());
        one.ServiceProvider.GetRequiredService<Remembering>().ShouldNotBeSameAs(other.ServiceProvider.GetRequiredService<Remembering>());
    }

    private static Task<TestHost> StartAsync(bool fresh) => TestHost.StartAsync(
        configure: builder => builder.Services.AddSingleton<Remembering>(),
        settings: fresh ? [Fresh] : []);
}
