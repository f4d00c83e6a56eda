using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

public class QueryTests
{
    private static async Task<EngineFixture> WithInstancesAsync()
    {
        var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Well", async context =>
            {
                context.SetCustomStatus(new { percent = 100 });
                await Task.CompletedTask;
                return context.GetInput<int>() + 1;
            })
            .Orchestrator("Badly", _ => throw new FormatException("bad"))
            .Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go")));
        for (var day = 0; day < 5; day++)
        {
            await fixture.EndOfAsync(await fixture.StartAsync("Well", day, $"well-{day}"));
            await fixture.EndOfAsync(await fixture.StartAsync("Badly", day, $"badly-{day}"));
            await fixture.StartAsync("Wait", day, $"wait-{day}");
            await fixture.Client.WaitForInstanceStartAsync($"wait-{day}");
            fixture.Time.Advance(TimeSpan.FromDays(1));
        }

        return fixture;
    }

    private static async Task<string> IdsAsync(EngineFixture fixture, OrchestrationQuery query) =>
        string.Join(" ", await fixture.Client.GetAllInstancesAsync(query).Select(instance => instance.InstanceId).ToListAsync());

    [Fact]
    public async Task GetAllInstances_Filtered_FindsWhatMatches()
    {
        await using var fixture = await WithInstancesAsync();
        var start = fixture.Time.GetUtcNow() - TimeSpan.FromDays(5);
        await fixture.Client.SuspendInstanceAsync("wait-1");

        (await IdsAsync(fixture, new(Statuses: [OrchestrationRuntimeStatus.Failed], PageSize: 2))).ShouldBe("badly-0 badly-1 badly-2 badly-3 badly-4");
        (await IdsAsync(fixture, new(Statuses: [OrchestrationRuntimeStatus.Suspended]))).ShouldBe("wait-1");
        (await IdsAsync(fixture, new(Statuses: [OrchestrationRuntimeStatus.Running]))).ShouldBe("wait-0 wait-2 wait-3 wait-4");
        (await IdsAsync(fixture, new(InstanceIdPrefix: "well-"))).ShouldBe("well-0 well-1 well-2 well-3 well-4");
        (await IdsAsync(fixture, new(CreatedFrom: start + TimeSpan.FromHours(84), InstanceIdPrefix: "w"))).ShouldBe("wait-4 well-4");
        (await IdsAsync(fixture, new(CreatedTo: start + TimeSpan.FromHours(1)))).ShouldBe("badly-0 wait-0 well-0");
    }

    [Fact]
    public async Task GetAllInstances_ByPages_ContinuesFromAToken()
    {
        await using var fixture = await WithInstancesAsync();
        var pages = await fixture.Client.GetAllInstancesAsync(new(PageSize: 6)).AsPages().ToListAsync();

        pages.Select(page => page.Values.Count).ShouldBe([6, 6, 3]);
        pages[^1].ContinuationToken.ShouldBeNull();
        var rest = await fixture.Client.GetAllInstancesAsync(new(PageSize: 6, ContinuationToken: pages[0].ContinuationToken)).ToListAsync();
        rest.Select(instance => instance.InstanceId).ShouldBe(pages.Skip(1).SelectMany(page => page.Values).Select(instance => instance.InstanceId));
    }

    [Fact]
    public async Task GetAllInstances_ByStatusTimeAndPrefixWhileInstancesComeAndGo_ContinuesWithoutGapsOrRepeats()
    {
        await using var fixture = await WithInstancesAsync();
        var start = fixture.Time.GetUtcNow() - TimeSpan.FromDays(5);
        var query = new OrchestrationQuery(
            CreatedFrom: start + TimeSpan.FromHours(12), CreatedTo: start + TimeSpan.FromDays(10),
            Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Running], InstanceIdPrefix: "w", PageSize: 3);
        var first = await fixture.Client.GetAllInstancesAsync(query).AsPages().FirstAsync();

        await fixture.Client.PurgeInstanceAsync("well-4");
        await fixture.StartAsync("Wait", 9, "wait-0-late");
        await fixture.StartAsync("Wait", 9, "well-9");
        await fixture.Client.WaitForInstanceStartAsync("well-9");
        var rest = await fixture.Client.GetAllInstancesAsync(query).AsPages(first.ContinuationToken).ToListAsync();

        first.Values.Select(instance => instance.InstanceId).ShouldBe(["wait-1", "wait-2", "wait-3"]);
        rest.SelectMany(page => page.Values).Select(instance => instance.InstanceId).ShouldBe(["wait-4", "well-1", "well-2", "well-3", "well-9"]);
        rest.Select(page => page.Values.Count).ShouldBe([3, 2]);
    }

    [Fact]
    public async Task GetAllInstances_LastPageExactlyFull_HasNoEmptyOneAfterIt()
    {
        await using var fixture = await WithInstancesAsync();

        var pages = await fixture.Client.GetAllInstancesAsync(new(PageSize: 5)).AsPages().ToListAsync();

        pages.Select(page => page.Values.Count).ShouldBe([5, 5, 5]);
        pages[^1].ContinuationToken.ShouldBeNull();
    }

    [Fact]
    public async Task GetInstance_WithAndWithoutPayloads_ReadsThemOnlyWhenAsked()
    {
        await using var fixture = await WithInstancesAsync();

        var with = (await fixture.Client.GetInstanceAsync("well-3", getInputsAndOutputs: true))!;
        with.Name.ShouldBe("Well");
        with.ReadInputAs<int>().ShouldBe(3);
        with.ReadOutputAs<int>().ShouldBe(4);
        with.SerializedCustomStatus.ShouldBe("""{"percent":100}""");
        with.IsCompleted.ShouldBeTrue();

        var without = (await fixture.Client.GetInstanceAsync("well-3"))!;
        without.SerializedOutput.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => without.ReadOutputAs<int>());
        (await fixture.Client.GetInstanceAsync("badly-0"))!.FailureDetails!.ErrorMessage.ShouldBe("bad");
        (await fixture.Client.GetInstanceAsync("nobody")).ShouldBeNull();
    }

    [Fact]
    public async Task WaitForInstanceCompletion_Cancelled_Throws()
    {
        await using var fixture = await WithInstancesAsync();
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        await Should.ThrowAsync<OperationCanceledException>(() => fixture.Client.WaitForInstanceCompletionAsync("wait-0", impatience.Token));
    }
}
