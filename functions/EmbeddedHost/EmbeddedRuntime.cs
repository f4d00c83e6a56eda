using System.Net.Sockets;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Http;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost;

/// <summary>
/// The local Functions host in the app's own process. Surface makes one by name at start: first the configuration,
/// which the app's Program reads, then <see cref="Build"/> with what Program registered.
/// </summary>
internal sealed class EmbeddedRuntime : FunctionsRuntime
{
    private readonly WebApplicationBuilder _builder;
    private readonly HostSettings _settings;

    public EmbeddedRuntime(string[] args)
    {
        var root = HostSettings.FindRoot();

        // The empty builder registers only what is asked for below: half the start-up time of the default one.
        _builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = root,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT") ?? Environments.Production,
        });
        HostConfiguration.Add(_builder.Configuration, root, args);
        _settings = HostSettings.Read(_builder.Configuration, root);
        _builder.Services.AddSingleton(DataFolderLock.Take(_settings.DataPath));
        _builder.Logging.AddConfiguration(_builder.Configuration.GetSection("Logging"));
        _builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        _builder.WebHost.UseKestrelCore().ConfigureKestrel(options => KestrelLimits.Apply(options, _settings));
    }

    public override IHostApplicationBuilder Host => _builder;

    public override ConfigurationManager Configuration => _builder.Configuration;

    public override IHost Build(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        var services = _builder.Services;
        services.AddSingleton(_settings);
        services.AddSingleton<Drain>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(FunctionCatalog.Discover(FunctionsAssembly(), _builder.Configuration));
        services.AddSingleton(new AppMiddleware(middleware));
        services.AddSingleton<InvocationPipeline>();
        services.AddSingleton<IParameterBinding, HttpParameters>();
        services.AddRouting();

        // Results such as ObjectResult need MVC's executors; an empty part manager spares the scan for controllers.
        services.AddSingleton(new ApplicationPartManager());
        services.AddMvcCore();

        services.AddHostedService<HostReady>();
        services.AddSingleton<IParameterBinding, ContextBinding>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = _settings.DrainTimeout + TimeSpan.FromSeconds(10));

        var app = _builder.Build();
        app.Services.GetRequiredService<InvocationPipeline>().Check(app.Services.GetRequiredService<FunctionCatalog>().All);
        app.UseMiddleware<HttpProblems>();
        app.UseRouting();
        HttpFunctions.Map(app);
        return app;
    }

    /// <summary>The program's own assembly, unless <c>Portico__FunctionsAssembly</c> names another: tests start the app in their process.</summary>
    private Assembly FunctionsAssembly() =>
        _builder.Configuration["Portico:FunctionsAssembly"] is { } name
            ? Assembly.Load(name)
            : Assembly.GetEntryAssembly() ?? throw new InvalidOperationException("There is no entry assembly to look for functions in.");
}
