using System.Collections;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>One invocation in flight.</summary>
internal sealed class InvocationContext : FunctionContext
{
    private readonly Dictionary<string, object?> _bindingData = new(StringComparer.OrdinalIgnoreCase);

    public InvocationContext(FunctionDescriptor function, IServiceProvider services, InvocationRequest request, CancellationToken cancellation)
    {
        Function = function;
        Request = request;
        InstanceServices = services;
        CancellationToken = cancellation;
        InvocationId = Guid.CreateVersion7().ToString();
        RetryContext = new Retries(request.RetryCount, request.MaxRetryCount);
        Features.Set(Returned);
    }

    public FunctionDescriptor Function { get; }

    /// <summary>What the trigger handed over.</summary>
    public InvocationRequest Request { get; }

    public ReturnedValue Returned { get; } = new();

    /// <summary>Values that parameters bind to by name. Filled by the trigger before the function runs.</summary>
    public Dictionary<string, object?> Data => _bindingData;

    public override string InvocationId { get; }

    public override string FunctionId => Function.Id;

    public override TraceContext TraceContext { get; } = new ActivityTrace(Activity.Current);

    public override BindingContext BindingContext => new NamedData(_bindingData);

    public override RetryContext RetryContext { get; }

    public override IServiceProvider InstanceServices { get; set; }

    public override FunctionDefinition FunctionDefinition => Function;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new FeatureSet();

    public override CancellationToken CancellationToken { get; }

    private sealed class NamedData(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData { get; } = data;
    }

    private sealed class Retries(int count, int most) : RetryContext
    {
        public override int RetryCount { get; } = count;

        public override int MaxRetryCount { get; } = most;
    }

    private sealed class ActivityTrace(Activity? activity) : TraceContext
    {
        public override string TraceParent { get; } = activity?.Id ?? string.Empty;

        public override string TraceState { get; } = activity?.TraceStateString ?? string.Empty;
    }

    private sealed class FeatureSet : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public void Set<T>(T instance) => _features[typeof(T)] = instance!;

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var instance) ? (T)instance : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>
/// What starts an invocation. <paramref name="Payload"/> belongs to the trigger: an <c>HttpContext</c>, a blob, a
/// <c>TimerInfo</c>; the trigger's own binding knows how to turn it into arguments.
/// </summary>
internal sealed record InvocationRequest(object Payload, int RetryCount = 0, int MaxRetryCount = 0);
