namespace Microsoft.DurableTask.Client;

/// <summary>Where an instance stands.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>Started, not ended.</summary>
    Running,

    /// <summary>Ended well.</summary>
    Completed,

    /// <summary>Never reported.</summary>
    [Obsolete("Never reported; kept for its number.")]
    ContinuedAsNew,

    /// <summary>Ended by an exception.</summary>
    Failed,

    /// <summary>Never reported.</summary>
    [Obsolete("Never reported; kept for its number.")]
    Canceled,

    /// <summary>Ended by a call of <see cref="DurableTaskClient.TerminateInstanceAsync(string, TerminateInstanceOptions, CancellationToken)"/>.</summary>
    Terminated,

    /// <summary>Accepted, not started.</summary>
    Pending,

    /// <summary>Held until it is resumed.</summary>
    Suspended,
}

/// <summary>What is known of an instance from outside.</summary>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    /// <summary>The orchestrator's name.</summary>
    public string Name { get; } = name;

    /// <summary>The instance's id.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>Reads the serialised values; null when inputs and outputs weren't asked for.</summary>
    public DataConverter? DataConverter { get; init; }

    /// <summary>Where it stands.</summary>
    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When it was accepted; with continue-as-new, when the latest execution was.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its status or history last changed.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Its input, when asked for.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>Its output, when it has ended and inputs and outputs were asked for.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>Its custom status, when asked for.</summary>
    public string? SerializedCustomStatus { get; init; }

    /// <summary>How it failed, when it did.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>Whether it is Running, precisely: neither Pending nor Suspended.</summary>
    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    /// <summary>Whether it has ended, well or not.</summary>
    public bool IsCompleted => RuntimeStatus
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>The input as a value.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs weren't asked for.</exception>
    public T? ReadInputAs<T>() => Read<T>(SerializedInput);

    /// <summary>The output as a value.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs weren't asked for.</exception>
    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput);

    /// <summary>The custom status as a value.</summary>
    /// <exception cref="InvalidOperationException">Inputs and outputs weren't asked for.</exception>
    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus);

    T? Read<T>(string? serialized) => DataConverter is null
        ? throw new InvalidOperationException("The instance was fetched without its inputs and outputs: pass getInputsAndOutputs.")
        : DataConverter.Deserialize<T>(serialized);
}
