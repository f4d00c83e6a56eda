using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>Calls one function method: a constructor call and a method call.</summary>
/// <remarks>
/// By <see cref="MethodInvoker"/>, which emits code once a method turns out to be called often: expression trees would be
/// compiled before the first call, which waits for it. Awaits stay in the caller's synchronization context: an
/// orchestrator's must not leave its thread.
/// </remarks>
internal sealed class FunctionInvoker
{
    private readonly ObjectFactory? _create;
    private readonly MethodInvoker _call;
    private readonly Func<object?, ValueTask<object?>> _result;

    /// <exception cref="InvalidOperationException">The declaring type has no constructor that services can satisfy.</exception>
    public FunctionInvoker(MethodInfo method)
    {
        _create = method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
        _call = MethodInvoker.Create(method);
        _result = ResultOf(method.ReturnType);
    }

    /// <summary>Makes the function's class from <paramref name="services"/>, calls the method, disposes the class if it asks for it.</summary>
    public async ValueTask<object?> InvokeAsync(IServiceProvider services, object?[] arguments)
    {
        var instance = _create?.Invoke(services, null);
        try
        {
            return await _result(_call.Invoke(instance, arguments.AsSpan()));
        }
        finally
        {
            if (instance is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync();
            }
            else if (instance is IDisposable disposable)
            {
                disposable.Dispose();
            }
        }
    }

    private static Func<object?, ValueTask<object?>> ResultOf(Type returned)
    {
        if (returned == typeof(Task))
        {
            return FromTask;
        }

        if (returned == typeof(ValueTask))
        {
            return FromValueTask;
        }

        var from = returned.IsGenericType ? returned.GetGenericTypeDefinition() : null;
        return from == typeof(Task<>) ? Of(nameof(FromTaskOf), returned)
            : from == typeof(ValueTask<>) ? Of(nameof(FromValueTaskOf), returned)
            : ValueTask.FromResult;
    }

    private static async ValueTask<object?> FromTask(object? task)
    {
        await (Task)task!;
        return null;
    }

    private static async ValueTask<object?> FromTaskOf<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> FromValueTask(object? task)
    {
        await (ValueTask)task!;
        return null;
    }

    private static async ValueTask<object?> FromValueTaskOf<T>(object? task) => await (ValueTask<T>)task!;

    private static Func<object?, ValueTask<object?>> Of(string name, Type returned) => typeof(FunctionInvoker)
        .GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(returned.GetGenericArguments())
        .CreateDelegate<Func<object?, ValueTask<object?>>>();
}
