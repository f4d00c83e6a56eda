// The official name: failure details carry it, and code may compare it.
namespace DurableTask.Core.Exceptions;

/// <summary>An orchestrator's code no longer does what its recorded history says it did.</summary>
/// <param name="eventId">The number of the step at which they part.</param>
/// <param name="eventDetails">What the history has there and what the code does.</param>
internal sealed class NonDeterministicOrchestrationException(int eventId, string eventDetails)
    : Exception("Non-deterministic orchestration detected. " + eventDetails)
{
    /// <summary>The number of the step at which they part.</summary>
    public int EventId { get; } = eventId;
}
