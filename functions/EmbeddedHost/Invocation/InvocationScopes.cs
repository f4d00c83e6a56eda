using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Portico.EmbeddedHost.Invocation;

/// <summary>Where an invocation's services come from.</summary>
internal abstract class InvocationScopes
{
    /// <summary>The services of one invocation, to be disposed of with it.</summary>
    public abstract AsyncServiceScope Begin();
}

/// <summary>A scope of the host's own provider: the app's singletons live as long as the process, as they do in an instance in Azure.</summary>
internal sealed class SharedProvider(IServiceScopeFactory scopes) : InvocationScopes
{
    public override AsyncServiceScope Begin() => scopes.CreateAsyncScope();
}

/// <summary>
/// A provider of its own for every invocation: each of the app's singletons is made anew, as if each invocation ran on an
/// instance that has just started. What a function keeps in them is gone at the next one, so that a test which needs it
/// fails. For tests: <c>Portico__FreshProviderPerInvocation</c>.
/// </summary>
/// <remarks>
/// The host's own services (logging, configuration, the durable client, the hub) are passed on, since in Azure they are
/// another process. Objects that the app registered as such, instead of saying how to make them, can't be made anew:
/// <see cref="CarriedOver"/>. Static fields are out of reach.
/// </remarks>
internal sealed class FreshProviders : InvocationScopes
{
    private readonly IServiceProvider _host;
    private readonly List<ServiceDescriptor> _all;
    private readonly HashSet<ServiceDescriptor> _app;
    private readonly Lazy<IServiceCollection> _services;

    /// <param name="host">The host's provider.</param>
    /// <param name="all">Everything that is registered in it.</param>
    /// <param name="app">Which of that the app registered.</param>
    public FreshProviders(IServiceProvider host, IEnumerable<ServiceDescriptor> all, IReadOnlyList<ServiceDescriptor> app)
    {
        _host = host;
        _all = [.. all];
        _app = [.. app];
        CarriedOver = [.. app
            .Where(service => !service.IsKeyedService && service.ImplementationInstance is not null)
            .Select(service => service.ImplementationInstance!.GetType())];

        host.GetRequiredService<ILoggerFactory>().CreateLogger<FreshProviders>().LogWarning(
            "Every invocation gets services of its own: for tests, not for use. Carried over: {CarriedOver}", string.Join(", ", CarriedOver.Select(type => type.FullName)));

        // At the first invocation: making the host's services here would make them before the host is built.
        _services = new(Compose);
    }

    /// <summary>Types of the objects that the app handed over ready-made: they are the same in every invocation.</summary>
    public IReadOnlyList<Type> CarriedOver { get; }

    public override AsyncServiceScope Begin()
    {
        var provider = _services.Value.BuildServiceProvider();
        return new AsyncServiceScope(new Owner(provider, provider.CreateAsyncScope()));
    }

    private IServiceCollection Compose()
    {
        IServiceCollection services = new ServiceCollection();
        var seen = new Dictionary<Type, int>();
        foreach (var service in _all)
        {
            var place = seen[service.ServiceType] = seen.GetValueOrDefault(service.ServiceType, -1) + 1;
            if (service.ServiceType == typeof(IHostedService))
            {
                continue;
            }

            var canBePassedOn = service.Lifetime == ServiceLifetime.Singleton && !service.IsKeyedService && !service.ServiceType.IsGenericTypeDefinition;
            services.Add(_app.Contains(service) || !canBePassedOn ? service : PassedOn(service, place));
        }

        return services;
    }

    /// <summary>The host's object itself: a provider disposes of what it makes, never of what it was given.</summary>
    private ServiceDescriptor PassedOn(ServiceDescriptor service, int place)
    {
        try
        {
            return new ServiceDescriptor(service.ServiceType, _host.GetServices(service.ServiceType).ElementAt(place)!);
        }
        catch (InvalidOperationException)
        {
            // Registered by a framework for features that this host doesn't use, and no more to be had from the host itself.
            return service;
        }
    }

    private sealed class Owner(ServiceProvider provider, AsyncServiceScope scope) : IServiceScope, IAsyncDisposable
    {
        public IServiceProvider ServiceProvider => scope.ServiceProvider;

        public async ValueTask DisposeAsync()
        {
            await scope.DisposeAsync();
            await provider.DisposeAsync();
        }

        public void Dispose()
        {
            scope.Dispose();
            provider.Dispose();
        }
    }
}
