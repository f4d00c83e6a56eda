using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>Calls one function method without reflection: compiled once, then a constructor call and a method call.</summary>
/// <remarks>Awaits stay in the caller's synchronization context: an orchestrator's must not leave its thread.</remarks>
internal sealed class FunctionInvoker
{
    private static readonly MethodInfo AwaitTask = Of(nameof(FromTask));
    private static readonly MethodInfo AwaitTaskOf = Of(nameof(FromTaskOf));
    private static readonly MethodInfo AwaitValueTask = Of(nameof(FromValueTask));
    private static readonly MethodInfo AwaitValueTaskOf = Of(nameof(FromValueTaskOf));

    private readonly ObjectFactory? _create;
    private readonly Func<object?, object?[], ValueTask<object?>> _call;

    private FunctionInvoker(ObjectFactory? create, Func<object?, object?[], ValueTask<object?>> call)
    {
        _create = create;
        _call = call;
    }

    /// <exception cref="InvalidOperationException">The declaring type has no constructor that services can satisfy.</exception>
    public static FunctionInvoker Compile(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object), "instance");
        var arguments = Expression.Parameter(typeof(object?[]), "arguments");
        var converted = method.GetParameters().Select((parameter, i) =>
            Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), parameter.ParameterType));
        var call = Expression.Call(method.IsStatic ? null : Expression.Convert(instance, method.DeclaringType!), method, converted);
        var body = Expression.Lambda<Func<object?, object?[], ValueTask<object?>>>(Awaited(call), instance, arguments);
        var create = method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
        return new FunctionInvoker(create, body.Compile());
    }

    /// <summary>Makes the function's class from <paramref name="services"/>, calls the method, disposes the class if it asks for it.</summary>
    public async ValueTask<object?> InvokeAsync(IServiceProvider services, object?[] arguments)
    {
        var instance = _create?.Invoke(services, null);
        try
        {
            return await _call(instance, arguments);
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

    private static Expression Awaited(MethodCallExpression call)
    {
        var type = call.Type;
        if (type == typeof(void))
        {
            return Expression.Block(call, Expression.Default(typeof(ValueTask<object?>)));
        }

        if (type == typeof(Task))
        {
            return Expression.Call(AwaitTask, call);
        }

        if (type == typeof(ValueTask))
        {
            return Expression.Call(AwaitValueTask, call);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
        {
            return Expression.Call(AwaitTaskOf.MakeGenericMethod(type.GetGenericArguments()), call);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
        {
            return Expression.Call(AwaitValueTaskOf.MakeGenericMethod(type.GetGenericArguments()), call);
        }

        return Expression.New(typeof(ValueTask<object?>).GetConstructor([typeof(object)])!, Expression.Convert(call, typeof(object)));
    }

    private static async ValueTask<object?> FromTask(Task task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> FromTaskOf<T>(Task<T> task) => await task;

    private static async ValueTask<object?> FromValueTask(ValueTask task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> FromValueTaskOf<T>(ValueTask<T> task) => await task;

    private static MethodInfo Of(string name) => typeof(FunctionInvoker).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
}
