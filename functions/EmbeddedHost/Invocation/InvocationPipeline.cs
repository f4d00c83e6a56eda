using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>
/// Runs a function: a service scope of its own, the app's middleware around it, arguments bound, the method called,
/// outputs sent. Every trigger ends here.
/// </summary>
internal sealed class InvocationPipeline
{
    private readonly InvocationScopes _scopes;
    private readonly IParameterBinding[] _bindings;
    private readonly IOutputBinding[] _outputs;
    private readonly FunctionExecutionDelegate _pipeline;
    private readonly ConcurrentDictionary<FunctionDescriptor, ArgumentBinder[]> _binders = new();

    public InvocationPipeline(
        InvocationScopes scopes,
        IEnumerable<IParameterBinding> bindings,
        IEnumerable<IOutputBinding> outputs,
        AppMiddleware middleware)
    {
        _scopes = scopes;
        _bindings = [.. bindings];
        _outputs = [.. outputs];
        _pipeline = middleware.Around(context => RunAsync((InvocationContext)context));
    }

    /// <summary>Runs the function and returns what it, or middleware in its place, returned.</summary>
    /// <param name="prepare">Fills the context (items, data) before middleware sees it.</param>
    /// <param name="complete">Runs inside the scope, after outputs: an HTTP response is written here.</param>
    /// <exception cref="Exception">What the function or middleware threw.</exception>
    public async Task<object?> InvokeAsync(
        FunctionDescriptor function,
        InvocationRequest request,
        Action<InvocationContext>? prepare,
        Func<InvocationContext, Task>? complete,
        CancellationToken cancellation)
    {
        await using var scope = _scopes.Begin();
        var context = new InvocationContext(function, scope.ServiceProvider, request, cancellation);
        prepare?.Invoke(context);
        await _pipeline(context).ConfigureAwait(false);
        await SendOutputsAsync(context).ConfigureAwait(false);
        if (complete is not null)
        {
            await complete(context).ConfigureAwait(false);
        }

        return context.Returned.Value;
    }

    /// <summary>Binds every function's parameters and outputs, so that a signature the host cannot serve fails the start and not a request.</summary>
    /// <exception cref="InvalidOperationException">Names the function and the parameter or output.</exception>
    public void Check(IEnumerable<FunctionDescriptor> functions)
    {
        foreach (var function in functions)
        {
            _binders[function] = BindersOf(function);
            if (function.Outputs.FirstOrDefault(output => !_outputs.Any(binding => binding.Sends(output))) is { } unknown)
            {
                throw new InvalidOperationException($"Function '{function.Name}' ({function.EntryPoint}): the embedded host cannot send output '{unknown.Name}' ({unknown.Attribute.GetType().Name}).");
            }
        }
    }

    /// <summary>The function with the app's middleware around it and without outputs, in the caller's synchronization context and scope.</summary>
    public Task RunWithMiddlewareAsync(InvocationContext context) => _pipeline(context);

    private async Task RunAsync(InvocationContext context)
    {
        // In the caller's synchronization context: an orchestrator must not leave its thread.
        var binders = _binders.GetOrAdd(context.Function, BindersOf);
        var arguments = new object?[binders.Length];
        for (var i = 0; i < binders.Length; i++)
        {
            arguments[i] = await binders[i](context);
        }

        context.Returned.Value = await context.Function.Invoker.InvokeAsync(context.InstanceServices, arguments);
    }

    private ArgumentBinder[] BindersOf(FunctionDescriptor function) =>
        [.. function.MethodParameters.Select(parameter =>
            _bindings.Select(binding => binding.TryBind(function, parameter)).FirstOrDefault(binder => binder is not null)
            ?? throw new InvalidOperationException(
                $"Function '{function.Name}' ({function.EntryPoint}): the embedded host cannot bind parameter '{parameter.Name}' of type {parameter.Type}."))];

    private async ValueTask SendOutputsAsync(InvocationContext context)
    {
        foreach (var output in context.Function.Outputs)
        {
            // Middleware may have replaced the function's result by a plain response: then there is nothing to send.
            var returned = context.Returned.Value;
            if (output.Property is not null && !output.Property.DeclaringType!.IsInstanceOfType(returned))
            {
                continue;
            }

            var value = output.ValueIn(returned);
            if (value is null)
            {
                continue;
            }

            await _outputs.First(binding => binding.Sends(output)).SendAsync(output, value, context).ConfigureAwait(false);
        }
    }
}

/// <summary>The middleware that the app registered, outermost first.</summary>
internal sealed class AppMiddleware(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> registered)
{
    public FunctionExecutionDelegate Around(FunctionExecutionDelegate innermost) =>
        registered.Reverse().Aggregate(innermost, (next, middleware) => middleware(next));
}
