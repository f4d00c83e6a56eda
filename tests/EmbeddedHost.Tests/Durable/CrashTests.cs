using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Portico.EmbeddedHost.Durable;

namespace Portico.EmbeddedHost.Tests.Durable;

/// <summary>
/// A mixed orchestration, killed at commits, must end as it does undisturbed. A kill is a fault point that throws from
/// then on: nothing that the dead process does afterwards reaches the file.
/// </summary>
public class CrashTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(0)]
    public async Task Kill_AtEveryCommitBeforeAndAfterTheDisk_EndsAsUndisturbed(int cachedOrchestrations)
    {
        var undisturbed = await Scenario.RunAsync([], cachedOrchestrations);
        undisturbed.Final.ShouldBe("Completed \"published 20,30,40 7 50 60\" \"publish\"");
        undisturbed.FaultPoints.ShouldBeGreaterThan(30);

        for (var point = 1; point <= undisturbed.FaultPoints; point++)
        {
            var killed = await Scenario.RunAsync([point], cachedOrchestrations);
            killed.ShouldMatch(undisturbed, $"killed at fault point {point}");
        }
    }

    [Fact]
    public async Task Kill_AgainAndAgainAtRandom_EndsAsUndisturbed()
    {
        var undisturbed = await Scenario.RunAsync([], 512);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 15; round++)
        {
            var kills = Enumerable.Range(0, random.Next(2, 7)).Select(_ => random.Next(1, 12)).ToArray();
            var killed = await Scenario.RunAsync(kills, random.Next(2) * 512);
            killed.ShouldMatch(undisturbed, $"seed {seed}, round {round}, kills at {string.Join(", ", kills)}");
        }
    }

    private sealed record Result(string Final, IReadOnlyDictionary<string, int> Runs, IReadOnlyList<string> RanThoughRecorded, int FaultPoints)
    {
        public void ShouldMatch(Result undisturbed, string how)
        {
            Final.ShouldBe(undisturbed.Final, how);
            Runs.Keys.Order().ShouldBe(undisturbed.Runs.Keys.Order(), how);
            RanThoughRecorded.ShouldBeEmpty(how);
        }
    }

    /// <summary>One life of the file over several processes.</summary>
    private sealed class Scenario
    {
        private readonly ConcurrentDictionary<string, int> _runs = new();
        private readonly ConcurrentQueue<string> _ranThoughRecorded = new();
        private readonly Queue<int> _kills;
        private HashSet<string> _recorded = [];
        private int? _firstFlakyTask;
        private Process _process = new(int.MaxValue);

        private Scenario(IEnumerable<int> kills) => _kills = new(kills);

        /// <param name="kills">For each process the fault point, from 1, at which it dies; the next one lives.</param>
        public static async Task<Result> RunAsync(IEnumerable<int> kills, int cachedOrchestrations)
        {
            var scenario = new Scenario(kills);
            await using var fixture = new EngineFixture(scenario.Functions(), options =>
            {
                scenario._process = new(scenario._kills.TryDequeue(out var at) ? at : int.MaxValue);
                return options with { FaultPoint = scenario._process.Reach, MaxCachedOrchestrations = cachedOrchestrations };
            });
            return await scenario.RunAsync(fixture);
        }

        private async Task<Result> RunAsync(EngineFixture fixture)
        {
            var giveUpAt = DateTime.UtcNow + TimeSpan.FromSeconds(90);
            while (true)
            {
                try
                {
                    // A client that got no answer asks again, unless what it asked for is there.
                    if (await fixture.Client.GetInstanceAsync("mixed") is null)
                    {
                        await fixture.StartAsync("Mixed", 0, "mixed");
                    }
                }
                catch (KilledException)
                {
                    await RestartAsync(fixture);
                    continue;
                }

                while (!_process.IsDead)
                {
                    if (await fixture.Client.GetInstanceAsync("mixed", getInputsAndOutputs: true) is { IsCompleted: true } ended)
                    {
                        return new($"{ended.RuntimeStatus} {ended.SerializedOutput} {ended.SerializedCustomStatus}", _runs, [.. _ranThoughRecorded], _process.Reached);
                    }

                    if (fixture.Time.NextDue is { } due && fixture.Engine.Store.ReadOwed() is { Ready.Count: 0, Activities.Count: 0 })
                    {
                        fixture.Time.Set(due > fixture.Time.GetUtcNow() ? due : fixture.Time.GetUtcNow());
                    }

                    (DateTime.UtcNow < giveUpAt).ShouldBeTrue($"no end in sight; ran so far: {string.Join(" ", _runs.Keys)}");
                    await Task.Delay(1);
                }

                await RestartAsync(fixture);
            }
        }

        private Task RestartAsync(EngineFixture fixture) => fixture.RestartAsync(beforeStart: () => _recorded = fixture.Engine.Store.Read(session =>
        {
            var recorded = new HashSet<string>();
            using var rows = session.Statement("""
                SELECT instances.id, actions.task_id, actions.name, actions.payload
                FROM actions JOIN events USING(execution, task_id) JOIN instances USING(execution)
                WHERE actions.kind = 0 AND events.kind IN (1, 2, 3)
                """).ExecuteReader();
            while (rows.Read())
            {
                recorded.Add(Key(new(rows.GetString(2), rows.GetString(0), rows.GetInt32(1), rows.GetString(3))));
            }

            return recorded;
        }));

        private static string Key(ActivityCall call) => $"{call.InstanceId} #{call.TaskId} {call.Name}({call.SerializedInput})";

        private void Begin(ActivityCall call)
        {
            _runs.AddOrUpdate(Key(call), 1, (_, runs) => runs + 1);
            if (_recorded.Contains(Key(call)))
            {
                _ranThoughRecorded.Enqueue(Key(call));
            }
        }

        private TestFunctions Functions() => new TestFunctions { Beginning = Begin }
            .Activity<int, int>("Probe", value => value + 1)
            .Activity<int, int>("Render", value => value * 10)
            .Activity<string, string>("Publish", text => $"published {text}")
            .ActivityOfCall("Flaky", call => call.TaskId == (_firstFlakyTask ??= call.TaskId) ? throw new TimeoutException("busy") : 7)
            .Orchestrator("Child", async context =>
            {
                var value = await context.CallActivityAsync<int>("Render", context.GetInput<int>());
                context.SendEvent(context.Parent!.InstanceId, "child", value);
                return value + await context.CallActivityAsync<int>("Render", 1);
            })
            .Orchestrator("Mixed", async context =>
            {
                if (context.GetInput<int>() == 0)
                {
                    context.SetCustomStatus("first");
                    await context.CallActivityAsync<int>("Probe", 100);
                    context.ContinueAsNew(1);
                    return "";
                }

                var probed = await context.CallActivityAsync<int>("Probe", 1);
                context.SetCustomStatus(new { step = "render", id = context.NewGuid() });
                var rendered = await Task.WhenAll(Enumerable.Range(probed, 3).Select(value => context.CallActivityAsync<int>("Render", value)));
                await context.CreateTimer(TimeSpan.FromMinutes(5), CancellationToken.None);
                var flaky = await context.CallActivityAsync<int>(
                    "Flaky", 7, TaskOptions.FromRetryPolicy(new RetryPolicy(9, TimeSpan.FromSeconds(30))));
                var told = context.WaitForExternalEvent<int>("child", TimeSpan.FromDays(1));
                var child = await context.CallSubOrchestratorAsync<int>("Child", 5, new SubOrchestrationOptions(instanceId: "child"));
                context.SetCustomStatus("publish");
                return await context.CallActivityAsync<string>("Publish", $"{string.Join(",", rendered)} {flaky} {await told} {child}");
            });
    }

    private sealed class KilledException(string point) : Exception($"Killed at {point}.");

    private sealed class Process(int killAt)
    {
        private int _reached;

        public int Reached => _reached;

        public bool IsDead => Volatile.Read(ref _reached) >= killAt;

        public void Reach(string point)
        {
            if (Interlocked.Increment(ref _reached) >= killAt)
            {
                throw new KilledException(point);
            }
        }
    }
}
