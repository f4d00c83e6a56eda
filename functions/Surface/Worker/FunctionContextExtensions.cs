using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Loggers of an invocation.</summary>
public static class FunctionContextLoggerExtensions
{
    /// <summary>A logger named for <typeparamref name="T"/>.</summary>
    public static ILogger<T> GetLogger<T>(this FunctionContext context) =>
        context.InstanceServices.GetRequiredService<ILogger<T>>();

    /// <summary>A logger named <paramref name="categoryName"/>.</summary>
    public static ILogger GetLogger(this FunctionContext context, string categoryName) =>
        context.InstanceServices.GetRequiredService<ILoggerFactory>().CreateLogger(categoryName);
}

/// <summary>The HTTP side of an invocation.</summary>
public static class FunctionContextExtensions
{
    // The key that the official ASP.NET Core integration uses: code that reads Items directly finds the same thing here.
    internal const string HttpContextKey = "HttpRequestContext";

    /// <summary>The request being answered; null for a function that HTTP did not start.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(HttpContextKey, out var value) ? value as HttpContext : null;
}

/// <summary>What a function returned, for middleware.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The function's result: set it in middleware to answer instead of the function.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new Result(Returned(context));

    /// <summary>The function's result as <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">The function returned something else, or nothing.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var returned = Returned(context);
        return returned.Value is T
            ? new Result<T>(returned)
            : throw new InvalidOperationException($"The function returned {returned.Value?.GetType().ToString() ?? "nothing"}, not {typeof(T)}.");
    }

    private static ReturnedValue Returned(FunctionContext context) =>
        context.Features.Get<ReturnedValue>() ?? throw new InvalidOperationException("This context has no invocation.");

    private sealed class Result(ReturnedValue returned) : InvocationResult
    {
        public override object? Value
        {
            get => returned.Value;
            set => returned.Value = value;
        }
    }

    private sealed class Result<T>(ReturnedValue returned) : InvocationResult<T>
    {
        public override T? Value
        {
            get => (T?)returned.Value;
            set => returned.Value = value;
        }
    }
}

/// <summary>Where the host keeps a function's return value: a feature of each invocation.</summary>
internal sealed class ReturnedValue
{
    public object? Value { get; set; }
}
