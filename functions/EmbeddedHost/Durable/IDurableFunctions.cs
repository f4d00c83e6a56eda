using Microsoft.DurableTask;

namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// What the engine asks of the host: to invoke orchestrator and activity functions. Implemented where invocation
/// lives (function context, middleware, scopes), registered as a singleton.
/// </summary>
public interface IDurableFunctions
{
    /// <summary>Whether there is an enabled orchestrator function of this name, without regard to case.</summary>
    bool HasOrchestrator(string name);

    /// <summary>Whether there is an enabled activity function of this name, without regard to case.</summary>
    bool HasActivity(string name);

    /// <summary>
    /// Invokes an orchestrator function and returns its result, serialised, null for none.
    /// </summary>
    /// <remarks>
    /// The task stays open over many of the engine's turns, until the orchestrator returns. It must be driven by the
    /// context alone: between the call and its result nothing may be awaited but the orchestrator's own task, neither
    /// I/O nor a middleware that goes asynchronous by itself, and the calling thread may not be left. The engine fails
    /// the instance otherwise. On replay the function is invoked anew.
    /// </remarks>
    /// <param name="name">The orchestrator's name, as the history has it.</param>
    /// <param name="context">What the trigger parameter receives.</param>
    /// <param name="abandoned">Signalled when the engine drops this run unfinished (cache eviction, stop): the task will
    /// never complete; release its scope, on no account resume it.</param>
    Task<string?> RunOrchestratorAsync(string name, DurableOrchestrationContext context, CancellationToken abandoned);

    /// <summary>Invokes an activity function and returns its result, serialised, null for none. What it throws becomes
    /// the task's failure.</summary>
    /// <param name="call">Which activity, with what, for whom.</param>
    /// <param name="stopping">Signalled when the host stops and the drain time is over. An activity that throws while the
    /// host stops is run again at the next start.</param>
    Task<string?> RunActivityAsync(ActivityCall call, CancellationToken stopping);
}

/// <summary>One run of an activity.</summary>
/// <param name="Name">The activity's name.</param>
/// <param name="InstanceId">The orchestration that called it.</param>
/// <param name="TaskId">The number of the call within the orchestration: with the instance id, the same for every run
/// of the same call.</param>
/// <param name="SerializedInput">Its input as JSON, null for none.</param>
public sealed record ActivityCall(string Name, string InstanceId, int TaskId, string? SerializedInput);

/// <summary>The context of an embedded orchestration, as far as a host needs more than the official one.</summary>
public abstract class DurableOrchestrationContext : TaskOrchestrationContext
{
    /// <summary>The input as JSON, null for none: for orchestrators that bind it to a parameter of their own.</summary>
    public abstract string? SerializedInput { get; }
}
