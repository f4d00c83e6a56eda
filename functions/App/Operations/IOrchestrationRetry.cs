using Microsoft.DurableTask.Client;
using Portico.Http;

namespace Portico.Operations;

/// <summary>
/// How a failed orchestration of one name gets its second chance. Every orchestration of the app has one (a test holds
/// that). Repeating a retry is harmless: it finds the work of the first at hand.
/// </summary>
public interface IOrchestrationRetry
{
    /// <summary>The orchestrator's name.</summary>
    string Orchestration { get; }

    /// <summary>What a retry does, in a sentence for the operator.</summary>
    string Rule { get; }

    /// <summary>Starts again what failed.</summary>
    /// <param name="failed">Has ended without success; read with its input.</param>
    Task<RetryOutcome> RetryAsync(OrchestrationMetadata failed, DurableTaskClient orchestrations, CancellationToken cancellation);
}

/// <summary>What became of a retry: the instance that has the work now, or why none has.</summary>
public sealed record RetryOutcome(string? InstanceId, ErrorCode? Refusal, string? Detail)
{
    public static RetryOutcome RunsAs(string instanceId) => new(instanceId, null, null);

    public static RetryOutcome Refused(ErrorCode why, string detail) => new(null, why, detail);
}
