using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Durable;

/// <summary>Puts the durable engine into a host.</summary>
public static class DurableServices
{
    /// <summary>
    /// Adds the engine, which starts and drains with the host, and the <see cref="DurableTaskClient"/> that
    /// <c>[DurableClient]</c> parameters receive. The host registers an <see cref="IDurableFunctions"/> beside it.
    /// </summary>
    public static IServiceCollection AddDurableEngine(this IServiceCollection services, DurableEngineOptions options) => services
        .AddSingleton(provider => new DurableEngine(
            provider.GetRequiredService<IDurableFunctions>(),
            options,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILoggerFactory>()))
        .AddSingleton<DurableTaskClient>(provider => new EmbeddedDurableTaskClient(provider.GetRequiredService<DurableEngine>(), options))
        .AddHostedService<DurableEngineService>();

    private sealed class DurableEngineService(DurableEngine engine, Drain drain) : IHostedService
    {
        private CancellationTokenRegistration _stopping;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            engine.Start();

            // At once, while requests still drain: StopAsync is called only after them.
            _stopping = drain.Stopping.Register(engine.BeginStop);
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await _stopping.DisposeAsync();
            using var drainUntil = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Expired);
            await engine.StopAsync(drainUntil.Token);
        }
    }
}
