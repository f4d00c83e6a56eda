using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// Invokes orchestrators and activities for the engine, through the app's middleware like every function. As in Azure it
/// runs around an orchestrator at each replay, and middleware that awaits something of its own there fails the instance.
/// </summary>
internal sealed class DurableFunctions : IDurableFunctions
{
    private readonly Dictionary<string, FunctionDescriptor> _orchestrators;
    private readonly Dictionary<string, FunctionDescriptor> _activities;
    private readonly InvocationPipeline _pipeline;
    private readonly InvocationScopes _scopes;
    private readonly DataConverter _converter;
    private readonly TimeSpan _timeout;

    public DurableFunctions(FunctionCatalog catalog, InvocationPipeline pipeline, InvocationScopes scopes, DurableEngineOptions options, HostSettings settings)
    {
        _orchestrators = catalog.TriggeredBy<OrchestrationTriggerAttribute>()
            .ToDictionary(found => found.Trigger.Orchestration ?? found.Function.Name, found => found.Function, StringComparer.OrdinalIgnoreCase);
        _activities = catalog.TriggeredBy<ActivityTriggerAttribute>()
            .ToDictionary(found => found.Trigger.Activity ?? found.Function.Name, found => found.Function, StringComparer.OrdinalIgnoreCase);
        _pipeline = pipeline;
        _scopes = scopes;
        _converter = options.DataConverter;
        _timeout = settings.FunctionTimeout;
    }

    public bool HasOrchestrator(string name) => _orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => _activities.ContainsKey(name);

    public async Task<string?> RunOrchestratorAsync(string name, DurableOrchestrationContext context, CancellationToken abandoned)
    {
        var scope = _scopes.Begin();

        // Disposal is not awaited: the orchestrator's thread may wait for nothing but the orchestrator.
        using var release = abandoned.Register(() => _ = scope.DisposeAsync().AsTask());
        try
        {
            var invocation = new InvocationContext(_orchestrators[name], scope.ServiceProvider, new InvocationRequest(context), abandoned);
            await _pipeline.RunWithMiddlewareAsync(invocation);
            return _converter.Serialize(invocation.Returned.Value);
        }
        finally
        {
            _ = scope.DisposeAsync().AsTask();
        }
    }

    public async Task<string?> RunActivityAsync(ActivityCall call, CancellationToken stopping)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        cancellation.CancelAfter(_timeout);
        var returned = await _pipeline.InvokeAsync(
            _activities[call.Name],
            new InvocationRequest(call),
            context =>
            {
                context.Data["instanceId"] = call.InstanceId;
                context.Data["taskId"] = call.TaskId;
            },
            null,
            cancellation.Token);
        return _converter.Serialize(returned);
    }
}

/// <summary>Fills durable parameters: the orchestration context, inputs, the client.</summary>
internal sealed class DurableParameters(DurableEngineOptions options) : IParameterBinding
{
    public ArgumentBinder? TryBind(FunctionDescriptor function, BoundParameter parameter) => (function.Trigger, parameter.Binding) switch
    {
        (_, DurableClientAttribute) when parameter.Type == typeof(DurableTaskClient) =>
            static context => ValueTask.FromResult<object?>(context.InstanceServices.GetRequiredService<DurableTaskClient>()),
        (ActivityTriggerAttribute, ActivityTriggerAttribute) =>
            context => ValueTask.FromResult(Input(((ActivityCall)context.Request.Payload).SerializedInput, parameter)),
        (OrchestrationTriggerAttribute, OrchestrationTriggerAttribute) when parameter.Type == typeof(TaskOrchestrationContext) =>
            static context => ValueTask.FromResult<object?>(context.Request.Payload),

        // As in the official extension, a further parameter of an orchestrator is its input.
        (OrchestrationTriggerAttribute, null) when parameter.Type != typeof(FunctionContext) && parameter.Type != typeof(CancellationToken) =>
            context => ValueTask.FromResult(Input(((DurableOrchestrationContext)context.Request.Payload).SerializedInput, parameter)),
        _ => null,
    };

    private object? Input(string? json, BoundParameter parameter) =>
        options.DataConverter.Deserialize(json, parameter.Type)
        ?? (parameter.Definition.IsReferenceOrNullableType ? null : Activator.CreateInstance(parameter.Type));
}
