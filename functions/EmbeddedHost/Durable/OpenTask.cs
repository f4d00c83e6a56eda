using Microsoft.DurableTask;

namespace Portico.EmbeddedHost.Durable;

/// <summary>A call or timer that the orchestrator may await. Completed on the orchestrator's thread only.</summary>
internal abstract class OpenTask
{
    /// <summary>It ended well, with this result as JSON.</summary>
    public abstract void Succeed(string? result);

    /// <summary>It failed; <paramref name="failure"/> are its details as JSON.</summary>
    public abstract void Fail(string? failure, bool forGood);
}

/// <inheritdoc/>
/// <param name="name">Activity or orchestrator.</param>
/// <param name="taskId">Its number within the execution.</param>
/// <param name="converter">Reads the result.</param>
internal sealed class OpenTask<T>(string name, int taskId, DataConverter converter) : OpenTask
{
    // Not RunContinuationsAsynchronously: that would leave the orchestrator's thread.
    private readonly TaskCompletionSource<T> _source = new();
    private CancellationTokenRegistration _cancellation;

    public Task<T> Task => _source.Task;

    public void CancelBy(CancellationToken cancellation, Action<Action> complete) =>
        _cancellation = cancellation.Register(() => complete(() => _source.TrySetCanceled(cancellation)));

    public override void Succeed(string? result)
    {
        _cancellation.Dispose();
        T? value;
        try
        {
            value = converter.Deserialize<T>(result);
        }
        catch (Exception unreadable)
        {
            _source.TrySetException(unreadable);
            return;
        }

        _source.TrySetResult(value!);
    }

    public override void Fail(string? failure, bool forGood)
    {
        var exception = new TaskFailedException(name, taskId, Payload.DeserializeFailure(failure));
        if (forGood)
        {
            exception.Data[RetryingCalls.NotWorthRetrying] = true;
        }

        _source.TrySetException(exception);
    }
}
