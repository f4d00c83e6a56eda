using System.Reflection;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where a function app's Program starts.</summary>
public class FunctionsApplication
{
    /// <summary>A builder with the host's configuration in place: settings can be read before anything is built.</summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(FunctionsRuntime.Load(args));
}

/// <summary>Collects a function app's services and middleware, and builds the host that runs it.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly FunctionsRuntime _runtime;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];
    private bool _built;

    internal FunctionsApplicationBuilder(FunctionsRuntime runtime) => _runtime = runtime;

    /// <inheritdoc />
    public IDictionary<object, object> Properties => _runtime.Host.Properties;

    /// <summary>Settings: environment variables, local.settings.json, command line, and what the host adds.</summary>
    public ConfigurationManager Configuration => _runtime.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    /// <inheritdoc />
    public IHostEnvironment Environment => _runtime.Host.Environment;

    /// <inheritdoc />
    public ILoggingBuilder Logging => _runtime.Host.Logging;

    /// <inheritdoc />
    public IMetricsBuilder Metrics => _runtime.Host.Metrics;

    /// <inheritdoc cref="IHostApplicationBuilder.Services" />
    public IServiceCollection Services => _runtime.Host.Services;

    /// <inheritdoc />
    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => _runtime.Host.ConfigureContainer(factory, configure);

    /// <inheritdoc />
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>The host, ready to run. May be called once.</summary>
    public IHost Build()
    {
        ThrowIfBuilt();
        _built = true;
        return _runtime.Build(_middleware);
    }

    private void ThrowIfBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("The application has already been built.");
        }
    }
}

/// <summary>The official integration of the worker with ASP.NET Core.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>HTTP functions take <c>HttpRequest</c> and return <c>IActionResult</c> or <c>IResult</c>. Always so here.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
}

/// <summary>
/// What runs the functions. The app compiles against this assembly alone, so the runtime is found by name when the
/// process starts: the compiler can then hold that no function knows which host it is on.
/// </summary>
internal abstract class FunctionsRuntime
{
    private const string AssemblyName = "Portico.EmbeddedHost";
    private const string TypeName = "Portico.EmbeddedHost.EmbeddedRuntime";

    public abstract IHostApplicationBuilder Host { get; }

    public abstract ConfigurationManager Configuration { get; }

    public abstract IHost Build(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware);

    public static FunctionsRuntime Load(string[] args) =>
        (FunctionsRuntime)Activator.CreateInstance(
            Assembly.Load(AssemblyName).GetType(TypeName, throwOnError: true)!,
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions,
            binder: null,
            args: [args],
            culture: null)!;
}
