using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.EmbeddedHost.Durable;

namespace Portico.EmbeddedHost.Tests.Durable;

/// <summary>Functions written in a test, called as the host would call them.</summary>
internal sealed class TestFunctions : IDurableFunctions
{
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<ActivityCall, CancellationToken, Task<object?>>> _activities = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every activity run that returned or threw, as "name(input)".</summary>
    public ConcurrentQueue<string> Ran { get; } = new();

    /// <summary>Every invocation of an orchestrator function: one, and one more for each replay.</summary>
    public ConcurrentQueue<string> Invoked { get; } = new();

    /// <summary>Runs of orchestrators that the engine dropped unfinished.</summary>
    public int Abandoned;

    /// <summary>Told of every activity run as it begins.</summary>
    public Action<ActivityCall> Beginning { get; set; } = _ => { };

    public TestFunctions Orchestrator<T>(string name, Func<TaskOrchestrationContext, Task<T>> code)
    {
        _orchestrators[name] = async context => await code(context);
        return this;
    }

    public TestFunctions Orchestrator(string name, Func<TaskOrchestrationContext, Task> code)
    {
        _orchestrators[name] = async context =>
        {
            await code(context);
            return null;
        };
        return this;
    }

    public TestFunctions Activity<TIn, TOut>(string name, Func<TIn, TOut> code) =>
        Activity<TIn, TOut>(name, (input, _) => Task.FromResult(code(input)));

    public TestFunctions Activity<TIn, TOut>(string name, Func<TIn, CancellationToken, Task<TOut>> code)
    {
        _activities[name] = async (call, cancellation) =>
            await code(JsonDataConverter.Default.Deserialize<TIn>(call.SerializedInput)!, cancellation);
        return this;
    }

    /// <summary>An activity that sees which call it answers.</summary>
    public TestFunctions ActivityOfCall<T>(string name, Func<ActivityCall, T> code)
    {
        _activities[name] = (call, _) => Task.FromResult<object?>(code(call));
        return this;
    }

    public bool HasOrchestrator(string name) => _orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => _activities.ContainsKey(name);

    public async Task<string?> RunOrchestratorAsync(string name, DurableOrchestrationContext context, CancellationToken abandoned)
    {
        Invoked.Enqueue(context.InstanceId);
        abandoned.Register(() => Interlocked.Increment(ref Abandoned));
        return JsonDataConverter.Default.Serialize(await _orchestrators[name](context));
    }

    public async Task<string?> RunActivityAsync(ActivityCall call, CancellationToken stopping)
    {
        Beginning(call);
        try
        {
            return JsonDataConverter.Default.Serialize(await _activities[call.Name](call, stopping));
        }
        finally
        {
            Ran.Enqueue($"{call.Name}({call.SerializedInput})");
        }
    }
}

/// <summary>An engine on a real file in a folder of its own, with virtual time. It can be stopped, killed and started again.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-").FullName;
    private readonly Func<DurableEngineOptions, DurableEngineOptions> _configure;

    public EngineFixture(TestFunctions functions, Func<DurableEngineOptions, DurableEngineOptions>? configure = null, bool start = true)
    {
        Functions = functions;
        _configure = configure ?? (options => options);
        (Engine, Client) = Open();
        if (start)
        {
            Engine.Start();
        }
    }

    public TestFunctions Functions { get; set; }

    public VirtualTime Time { get; } = new();

    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    public DurableEngine Engine { get; private set; }

    public DurableTaskClient Client { get; private set; }

    public string DatabasePath => Path.Combine(_folder, "durable.db");

    /// <summary>Ends the engine without drain and starts another on the same file.</summary>
    public async Task RestartAsync(TestFunctions? functions = null, Action? beforeStart = null)
    {
        await Engine.DisposeAsync();
        Functions = functions ?? Functions;
        (Engine, Client) = Open();
        beforeStart?.Invoke();
        Engine.Start();
    }

    public Task<string> StartAsync(string orchestrator, object? input = null, string? id = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id));

    /// <summary>Waits, in real time, for an instance to end.</summary>
    public async Task<OrchestrationMetadata> EndOfAsync(string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
    }

    /// <summary>Starts an orchestration, waits for it to end well, and returns what it returned.</summary>
    public async Task<T?> RunAsync<T>(string orchestrator, object? input = null)
    {
        var ended = await EndOfAsync(await StartAsync(orchestrator, input));
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed, ended.FailureDetails?.ToString());
        return ended.ReadOutputAs<T>();
    }

    /// <summary>Starts an orchestration, waits for it to fail, and returns how.</summary>
    public async Task<TaskFailureDetails> FailAsync(string orchestrator, object? input = null)
    {
        var ended = await EndOfAsync(await StartAsync(orchestrator, input));
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        return ended.FailureDetails.ShouldNotBeNull();
    }

    /// <summary>Waits, in real time, until something is so.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var until = DateTime.UtcNow + Patience;
        while (!condition())
        {
            (DateTime.UtcNow < until).ShouldBeTrue($"waited in vain: {what}");
            await Task.Delay(2);
        }
    }

    /// <summary>Waits for an instance's custom status to be this text.</summary>
    public Task UntilStatusAsync(string id, string customStatus) => UntilAsync(
        () => Client.GetInstanceAsync(id, getInputsAndOutputs: true).Result?.SerializedCustomStatus == $"\"{customStatus}\"",
        $"custom status {customStatus} of {id}");

    /// <summary>Moves the clock from timer to timer until an instance has ended.</summary>
    public async Task<OrchestrationMetadata> EndOfWithTimersAsync(string id)
    {
        var end = EndOfAsync(id);
        while (!end.IsCompleted)
        {
            if (Time.NextDue is { } due && due > Time.GetUtcNow())
            {
                Time.Set(due);
            }

            await Task.WhenAny(end, Task.Delay(1));
        }

        return await end;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private (DurableEngine, DurableTaskClient) Open()
    {
        var options = _configure(new DurableEngineOptions { DatabasePath = DatabasePath });
        var engine = new DurableEngine(Functions, options, Time, Loggers);
        return (engine, new EmbeddedDurableTaskClient(engine, options));
    }
}
