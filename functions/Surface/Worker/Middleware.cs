using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Middleware
{
    /// <summary>The rest of the pipeline.</summary>
    public delegate Task FunctionExecutionDelegate(FunctionContext context);

    /// <summary>Runs around every invocation, of whatever trigger. One instance serves the whole app.</summary>
    public interface IFunctionsWorkerMiddleware
    {
        /// <summary>Does its part and calls <paramref name="next"/>, or does not and sets the invocation's result itself.</summary>
        Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
    }
}

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>What middleware is registered on.</summary>
    public interface IFunctionsWorkerApplicationBuilder
    {
        /// <summary>The app's services.</summary>
        IServiceCollection Services { get; }

        /// <summary>Appends middleware: the first appended runs outermost.</summary>
        IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware);
    }
}

namespace Microsoft.Extensions.Hosting
{
    using Microsoft.Azure.Functions.Worker;

    /// <summary>Ways to append middleware.</summary>
    public static class MiddlewareWorkerApplicationBuilderExtensions
    {
        /// <summary>Appends <typeparamref name="T"/>, made once from the app's services.</summary>
        public static IFunctionsWorkerApplicationBuilder UseMiddleware<T>(this IFunctionsWorkerApplicationBuilder builder)
            where T : class, IFunctionsWorkerMiddleware => builder.UseWhen<T>(static _ => true);

        /// <summary>Appends <typeparamref name="T"/> for the invocations that <paramref name="predicate"/> picks.</summary>
        public static IFunctionsWorkerApplicationBuilder UseWhen<T>(this IFunctionsWorkerApplicationBuilder builder, Func<FunctionContext, bool> predicate)
            where T : class, IFunctionsWorkerMiddleware
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(predicate);
            builder.Services.AddSingleton<T>();
            return builder.Use(next => context =>
                predicate(context) ? context.InstanceServices.GetRequiredService<T>().Invoke(context, next) : next(context));
        }

        /// <summary>Appends a delegate.</summary>
        public static IFunctionsWorkerApplicationBuilder UseMiddleware(this IFunctionsWorkerApplicationBuilder builder, Func<FunctionContext, Func<Task>, Task> middleware) =>
            builder.UseWhen(static _ => true, middleware);

        /// <summary>Appends a delegate for the invocations that <paramref name="predicate"/> picks.</summary>
        public static IFunctionsWorkerApplicationBuilder UseWhen(this IFunctionsWorkerApplicationBuilder builder, Func<FunctionContext, bool> predicate, Func<FunctionContext, Func<Task>, Task> middleware)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(predicate);
            ArgumentNullException.ThrowIfNull(middleware);
            return builder.Use(next => context =>
                predicate(context) ? middleware(context, () => next(context)) : next(context));
        }
    }
}
