using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Backup;
using Portico.EmbeddedHost.Blobs;
using Portico.EmbeddedHost.Durable;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Http;
using Portico.EmbeddedHost.Invocation;
using Portico.EmbeddedHost.Lan;
using Portico.EmbeddedHost.SignalR;
using Portico.EmbeddedHost.Timers;
using Portico.EmbeddedHost.Web;

namespace Portico.EmbeddedHost;

/// <summary>
/// The local Functions host in the app's own process. Surface makes one by name at start: first the configuration,
/// which the app's Program reads, then <see cref="Build"/> with what Program registered.
/// </summary>
internal sealed class EmbeddedRuntime : FunctionsRuntime
{
    private const string FunctionsAssemblySetting = "Portico:FunctionsAssembly";

    private readonly WebApplicationBuilder _builder;
    private readonly HostSettings _settings;
    private readonly DataFolderLock _lock;
    private readonly AzuriteCommand? _azurite;
    private readonly SignalRService _signalR;
    private readonly X509Certificate2? _certificate;
    private readonly ServiceDescriptor[] _ownServices;

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
        if (new BackupCommands(_builder.Configuration, root).RunIfAsked(args) is { } exitCode)
        {
            Environment.Exit(exitCode);
        }

        try
        {
            _settings = HostSettings.Read(_builder.Configuration, root);

            // The app reads these too; what the host chose for want of a setting must not be chosen a second time.
            _builder.Configuration["Portico:DataPath"] = _settings.DataPath;
            _builder.Configuration["Portico:DefaultOrigin"] = _settings.PublicOrigin;
            _lock = DataFolderLock.Take(_settings.DataPath);
            if (_settings.Lan is { } lan)
            {
                // Links are for phones: they carry the address that phones reach, from wherever they were made.
                _builder.Configuration["Portico:PublicOrigin"] = _settings.PublicOrigin;
                _certificate = LanCertificate.ReadOrCreate(_settings.DataPath, lan.All, DateTimeOffset.UtcNow);
            }

            _azurite = Azurite.Configure(_builder.Configuration, _settings);
            _signalR = SignalRService.Configure(_builder.Configuration, _settings);
        }
        catch (HostStartException failure) when (_builder.Configuration[FunctionsAssemblySetting] is null)
        {
            // Somebody at a terminal wants the sentence, not a stack trace.
            Console.Error.WriteLine(failure.Message);
            Environment.Exit(1);
            throw;
        }

        if (_azurite is not null)
        {
            // Before anything that the app registers: storage is the first to start and the last to stop.
            _builder.Services.AddSingleton(_azurite);
            _builder.Services.AddSingleton<Azurite>();
            _builder.Services.AddHostedService(provider => provider.GetRequiredService<Azurite>());
            _builder.Services.AddSingleton<IReadyPart>(provider => provider.GetRequiredService<Azurite>());
        }

        _builder.Logging.AddConfiguration(_builder.Configuration.GetSection("Logging"));
        _builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        _builder.WebHost.UseKestrelCore().ConfigureKestrel(options => KestrelLimits.Apply(options, _settings, _certificate));
        _ownServices = [.. _builder.Services];
    }

    public override IHostApplicationBuilder Host => _builder;

    public override ConfigurationManager Configuration => _builder.Configuration;

    public override IHost Build(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        var services = _builder.Services;
        ServiceDescriptor[] appServices = _settings.FreshProviderPerInvocation ? [.. services.Except(_ownServices)] : [];
        services.AddSingleton<InvocationScopes>(provider => _settings.FreshProviderPerInvocation
            ? new FreshProviders(provider, services, appServices)
            : new SharedProvider(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddSingleton(_settings);
        services.AddSingleton(_ => _lock);
        services.AddSingleton<Drain>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(FunctionCatalog.Discover(FunctionsAssembly(), _builder.Configuration));
        services.AddSingleton(new AppMiddleware(middleware));
        services.AddSingleton<InvocationPipeline>();
        services.AddSingleton<HostState>();
        AddHttp(services);
        AddBlobs(services);
        AddTimers(services);
        AddSignalR(services);
        AddDurable(services);
        services.AddSingleton(new HostWelcome(_certificate is null ? null : LanWelcome.Text(_settings.PublicOrigin, _certificate)));
        services.AddHostedService<HostReady>();
        services.AddSingleton<IParameterBinding, ContextBinding>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = _settings.DrainTimeout + TimeSpan.FromSeconds(10));

        var app = _builder.Build();

        // The other processor makes the parts while this one maps the routes; what fails there fails again when they start.
        _ = Task.Run(() => app.Services.GetServices<IHostedService>());

        // What the container makes it also disposes: the folder is free again when the host is.
        app.Services.GetRequiredService<DataFolderLock>();
        app.Services.GetRequiredService<InvocationPipeline>().Check(app.Services.GetRequiredService<FunctionCatalog>().All);
        app.UseMiddleware<HttpProblems>();
        app.Use(StrictRequests.CheckAsync);
        app.UseRouting();
        app.Use(SignalREndpoints.AuthenticateClientsAsync);
        app.Use(app.Services.GetRequiredService<StaticWebApp>().InvokeAsync);
        HttpFunctions.Map(app);
        CdnEndpoint.Map(app);
        BlobProxy.Map(app);
        SignalREndpoints.Map(app);
        return new InterruptibleHost(app);
    }

    private static void AddHttp(IServiceCollection services)
    {
        services.AddSingleton<IParameterBinding, HttpParameters>();
        services.AddSingleton<IOutputBinding, HttpResultOutput>();
        services.AddSingleton<StaticWebApp>();
        services.AddRouting();

        // Results such as ObjectResult need MVC's executors; an empty part manager spares the scan for controllers.
        services.AddSingleton(new ApplicationPartManager());
        services.AddMvcCore();
    }

    private void AddBlobs(IServiceCollection services)
    {
        services.AddSingleton<BlobWrites>();
        services.AddSingleton<HostBlobs>();
        services.AddSingleton<BlobProxy>();
        services.AddSingleton<BlobReceipts>();
        services.AddSingleton<IParameterBinding, BlobParameters>();
        services.AddSingleton<IOutputBinding, BlobOutputs>();
        services.AddHostedService<BlobTriggers>();
    }

    private static void AddTimers(IServiceCollection services)
    {
        services.AddSingleton<TimerStore>();
        services.AddSingleton<IParameterBinding, TimerParameters>();
        services.AddHostedService<TimerTriggers>();
    }

    private void AddSignalR(IServiceCollection services)
    {
        services.AddSingleton(_signalR);
        services.AddSingleton(provider => new HubToken(_signalR.AccessKey, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<HubConnections>();
        services.AddSingleton<HubMeter>();
        services.AddSingleton<HubTriggers>();
        services.AddSingleton<HubSender>();
        services.AddSingleton<IParameterBinding, SignalRParameters>();
        services.AddSingleton<IOutputBinding, SignalROutputs>();
        services.AddSignalR(hub => hub.MaximumReceiveMessageSize = 64 << 10);
        services.AddSingleton<IUserIdProvider, HubUserId>();
        services.AddSingleton<IHubProtocol, RelayProtocol>();
    }

    private void AddDurable(IServiceCollection services)
    {
        var options = DurableEngineOptions.FromHostJson(
            _builder.Configuration.GetSection($"{HostConfiguration.HostJson}:extensions:durableTask"),
            Path.Combine(_settings.DataPath, "durable.db"));
        if (_settings.FreshProviderPerInvocation)
        {
            options = options with { MaxCachedOrchestrations = 0 };
        }

        services.AddSingleton(options);
        services.AddSingleton<IDurableFunctions, DurableFunctions>();
        services.AddSingleton<IParameterBinding, DurableParameters>();
        services.AddDurableEngine(options);
    }

    /// <summary>The program's own assembly, unless <c>Portico__FunctionsAssembly</c> names another: tests start the app in their process.</summary>
    private Assembly FunctionsAssembly() =>
        _builder.Configuration[FunctionsAssemblySetting] is { } name
            ? Assembly.Load(name)
            : Assembly.GetEntryAssembly() ?? throw new InvalidOperationException("There is no entry assembly to look for functions in.");
}
