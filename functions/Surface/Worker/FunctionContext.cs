namespace Microsoft.Azure.Functions.Worker;

/// <summary>Everything the host knows about one invocation. Lives as long as the invocation and no longer.</summary>
public abstract class FunctionContext
{
    /// <summary>Unique to this invocation; a retry is another invocation.</summary>
    public abstract string InvocationId { get; }

    /// <summary>Stable for the function while its signature stands.</summary>
    public abstract string FunctionId { get; }

    /// <summary>The distributed trace that this invocation belongs to.</summary>
    public abstract TraceContext TraceContext { get; }

    /// <summary>What the trigger delivered, by name.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>Which try this is.</summary>
    public abstract RetryContext RetryContext { get; }

    /// <summary>The invocation's own service scope.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>The function as it is declared.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>A place where middleware leaves things for what runs after it.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Typed extras of this invocation.</summary>
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Signalled when the caller went away or the host stops.</summary>
    public virtual CancellationToken CancellationToken { get; } = CancellationToken.None;
}

/// <summary>What the trigger delivered, by name: route values, blob path parts, metadata.</summary>
public abstract class BindingContext
{
    /// <summary>Values by name.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

/// <summary>W3C trace context of an invocation.</summary>
public abstract class TraceContext
{
    /// <summary><c>traceparent</c>.</summary>
    public abstract string TraceParent { get; }

    /// <summary><c>tracestate</c>, empty when there is none.</summary>
    public abstract string TraceState { get; }
}

/// <summary>Which try of how many this invocation is.</summary>
public abstract class RetryContext
{
    /// <summary>0 for the first try.</summary>
    public abstract int RetryCount { get; }

    /// <summary>Retries that the host will make at most.</summary>
    public abstract int MaxRetryCount { get; }
}

/// <summary>Objects kept by their type for one invocation.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    /// <summary>Keeps <paramref name="instance"/>, replacing one of the same type.</summary>
    void Set<T>(T instance);

    /// <summary>The kept instance of <typeparamref name="T"/>, or null.</summary>
    T? Get<T>();
}

/// <summary>What the function returned. Middleware may read it after the function ran, and replace it.</summary>
public abstract class InvocationResult<T>
{
    /// <summary>The value, null when the function returned none or has not run.</summary>
    public abstract T? Value { get; set; }
}

/// <inheritdoc />
public abstract class InvocationResult : InvocationResult<object>;
