using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Portico.EmbeddedHost.Durable;

/// <summary>Turns what an orchestrator asks for into numbered actions, and gives it tasks that history completes.</summary>
internal sealed class EmbeddedOrchestrationContext : DurableOrchestrationContext
{
    private readonly OrchestratorThread _thread;
    private readonly DataConverter _converter;
    private readonly Action _foreignCall;
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly RetryingCalls _retries;
    private string? _input;
    private int _guidCount;

    public EmbeddedOrchestrationContext(
        InstanceIdentity identity, OrchestratorThread thread, DataConverter converter, ILoggerFactory loggers, Action foreignCall)
    {
        _thread = thread;
        _converter = converter;
        _foreignCall = foreignCall;
        _retries = new(this);
        Name = identity.Name;
        InstanceId = identity.InstanceId;
        Parent = identity.ParentInstanceId is null ? null : new(identity.ParentName!, identity.ParentInstanceId);
        LoggerFactory = loggers;
        Events = new(converter, CompleteByCancellation);
    }

    public override TaskName Name { get; }

    public override string InstanceId { get; }

    public override string? SerializedInput => _input;

    public override ParentOrchestrationInstance? Parent { get; }

    public override DateTime CurrentUtcDateTime => Now;

    public override bool IsReplaying => Replaying;

    protected override ILoggerFactory LoggerFactory { get; }

    /// <summary>The context's clock; stands still within a turn.</summary>
    public DateTime Now { get; set; }

    /// <summary>Whether recorded ground is being covered.</summary>
    public bool Replaying { get; set; }

    /// <summary>Events raised from outside.</summary>
    public ExternalEvents Events { get; }

    /// <summary>What the orchestrator has asked for in this turn.</summary>
    public List<OrchestrationAction> Asked { get; } = [];

    /// <summary>Actions asked for in all; the number of the next.</summary>
    public int ActionCount { get; private set; }

    /// <summary>Timers that were cancelled in this turn.</summary>
    public List<int> CancelledTimers { get; } = [];

    /// <summary>The custom status as JSON.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Set once the orchestrator has asked to go on as a new execution.</summary>
    public (string? Input, bool PreserveEvents)? Continuation { get; private set; }

    /// <summary>Whether something that history can complete is awaited.</summary>
    public bool CanProgress => _open.Count > 0 || Events.HasWaiters;

    /// <summary>Sets the input, before the orchestrator starts.</summary>
    public void Receive(string? input) => _input = input;

    /// <summary>Completes an open call or timer. False if there is none of that number.</summary>
    public bool Complete(int taskId, Action<OpenTask> completion)
    {
        if (!_open.Remove(taskId, out var task))
        {
            return false;
        }

        _thread.Complete(() => completion(task));
        return true;
    }

    /// <summary>Hands over an event from outside.</summary>
    public void Raise(string name, string? payload) => _thread.Complete(() => Events.Raise(name, payload));

    public override T? GetInput<T>()
        where T : default
        => _converter.Deserialize<T>(SerializedInput);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        EnsureOwnThread();
        ThrowIfOptionsTakenForInput(input, options);
        return _retries.CallAsync(options, () => Call<TResult>(OrchestrationActionKind.CallActivity, name, input, null));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        EnsureOwnThread();
        ThrowIfOptionsTakenForInput(input, options);

        // Retries use the id again, as the official worker does: the failed instance is replaced.
        var instanceId = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        return _retries.CallAsync(
            options, () => Call<TResult>(OrchestrationActionKind.CallSubOrchestrator, orchestratorName, input, instanceId));
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        EnsureOwnThread();
        cancellationToken.ThrowIfCancellationRequested();
        var taskId = Ask(id => new(id, OrchestrationActionKind.CreateTimer, "", DueAt: fireAt.ToUniversalTime().Ticks));
        var timer = new OpenTask<object?>("timer", taskId, _converter);
        _open[taskId] = timer;
        timer.CancelBy(cancellationToken, completion =>
        {
            if (_thread.IsCurrent && _open.Remove(taskId))
            {
                CancelledTimers.Add(taskId);
            }

            CompleteByCancellation(completion);
        });
        return timer.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        EnsureOwnThread();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return Events.WaitFor<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        EnsureOwnThread();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var json = Payload.Serialize(_converter, payload, "event payload");
        Ask(id => new(id, OrchestrationActionKind.SendEvent, eventName, instanceId, json));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        EnsureOwnThread();
        CustomStatus = Payload.SerializeCustomStatus(_converter, customStatus);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        EnsureOwnThread();
        Continuation = (Payload.Serialize(_converter, newInput, "input"), preserveUnprocessedEvents);
    }

    public override Guid NewGuid()
    {
        EnsureOwnThread();
        var name = $"{InstanceId}_{Now:o}_{_guidCount++}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16);

        // RFC 9562, version 8: a name-based id of our own making.
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private Task<T> Call<T>(OrchestrationActionKind kind, TaskName name, object? input, string? target)
    {
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        var json = Payload.Serialize(_converter, input, $"input of '{name}'");
        var taskId = Ask(id => new(id, kind, name, target, json));
        var task = new OpenTask<T>(name, taskId, _converter);
        _open[taskId] = task;
        return task.Task;
    }

    private int Ask(Func<int, OrchestrationAction> action)
    {
        var taskId = ActionCount++;
        Asked.Add(action(taskId));
        return taskId;
    }

    private void EnsureOwnThread()
    {
        if (!_thread.IsCurrent)
        {
            _foreignCall();
            throw new InvalidOperationException(OrchestrationRun.ForeignAwait);
        }
    }

    // A token that is cancelled from elsewhere (a real-time timeout, say) is as foreign as a task from elsewhere.
    private void CompleteByCancellation(Action completion)
    {
        if (_thread.IsCurrent)
        {
            _thread.Complete(completion);
        }
        else
        {
            _foreignCall();
        }
    }

    private static void ThrowIfOptionsTakenForInput(object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException("TaskOptions were passed as the input. Name the argument: options: …", nameof(input));
        }
    }
}
