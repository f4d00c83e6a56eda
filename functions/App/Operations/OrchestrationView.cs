using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.Operations;

/// <summary>An orchestration instance as an operator sees it in a list.</summary>
/// <param name="Failure">Its outermost error, without secrets; null unless it failed.</param>
public sealed record OrchestrationSummary(
    string Id, string Name, InstanceStatus Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, FailureView? Failure)
{
    public static OrchestrationSummary Of(OrchestrationMetadata instance) => new(
        instance.InstanceId,
        instance.Name,
        InstanceStatuses.Of(instance.RuntimeStatus),
        instance.CreatedAt,
        instance.LastUpdatedAt,
        instance.FailureDetails is { } failure ? FailureView.Of(failure, withStack: false) : null);
}

/// <summary>All that is told of one instance: what it was given, where it stood, how it failed, and what a retry would do.</summary>
/// <param name="Input">As the history keeps it, secrets taken out.</param>
/// <param name="RetryRule">Null when it has not failed.</param>
public sealed record OrchestrationView(
    string Id, string Name, InstanceStatus Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    JsonNode? Input, JsonNode? CustomStatus, JsonNode? Output, FailureView? Failure, string? RetryRule)
{
    public static OrchestrationView Of(OrchestrationMetadata instance, IOrchestrationRetry? retry)
    {
        var status = InstanceStatuses.Of(instance.RuntimeStatus);
        return new(
            instance.InstanceId,
            instance.Name,
            status,
            instance.CreatedAt,
            instance.LastUpdatedAt,
            Redaction.Json(instance.SerializedInput),
            Redaction.Json(instance.SerializedCustomStatus),
            Redaction.Json(instance.SerializedOutput),
            instance.FailureDetails is { } failure ? FailureView.Of(failure, withStack: true) : null,
            InstanceStatuses.MayRetry(status) ? retry?.Rule : null);
    }
}

/// <summary>An error as the history keeps it, secrets taken out.</summary>
public sealed record FailureView(string Type, string Message, string? StackTrace, FailureView? Inner)
{
    public static FailureView Of(TaskFailureDetails failure, bool withStack) => new(
        failure.ErrorType,
        Redaction.Text(failure.ErrorMessage),
        withStack && failure.StackTrace is { } stack ? Redaction.Text(stack) : null,
        failure.InnerFailure is { } inner ? Of(inner, withStack) : null);
}

/// <summary>Where an instance stands, by the names of the API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InstanceStatus>))]
public enum InstanceStatus
{
    [JsonStringEnumMemberName("pending")]
    Pending,
    [JsonStringEnumMemberName("running")]
    Running,
    [JsonStringEnumMemberName("suspended")]
    Suspended,
    [JsonStringEnumMemberName("completed")]
    Completed,
    [JsonStringEnumMemberName("failed")]
    Failed,
    [JsonStringEnumMemberName("terminated")]
    Terminated,
}

/// <summary>Between the API's names and the framework's.</summary>
public static class InstanceStatuses
{
    public static InstanceStatus Of(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Pending => InstanceStatus.Pending,
        OrchestrationRuntimeStatus.Suspended => InstanceStatus.Suspended,
        OrchestrationRuntimeStatus.Completed => InstanceStatus.Completed,
        OrchestrationRuntimeStatus.Failed => InstanceStatus.Failed,
        OrchestrationRuntimeStatus.Terminated => InstanceStatus.Terminated,
        _ => InstanceStatus.Running,
    };

    public static OrchestrationRuntimeStatus Of(InstanceStatus status) => status switch
    {
        InstanceStatus.Pending => OrchestrationRuntimeStatus.Pending,
        InstanceStatus.Suspended => OrchestrationRuntimeStatus.Suspended,
        InstanceStatus.Completed => OrchestrationRuntimeStatus.Completed,
        InstanceStatus.Failed => OrchestrationRuntimeStatus.Failed,
        InstanceStatus.Terminated => OrchestrationRuntimeStatus.Terminated,
        _ => OrchestrationRuntimeStatus.Running,
    };

    public static bool MayRetry(InstanceStatus status) => status is InstanceStatus.Failed or InstanceStatus.Terminated;
}
