using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Http;

public sealed class DrainTests
{
    [Fact]
    public async Task Stop_RequestInFlight_IsFinishedAndNothingNewTaken()
    {
        await using var host = await TestHost.StartAsync();
        var inFlight = host.Client.GetAsync("/api/v1/slow");
        await host.Seen.WaitForAsync("slow began");

        var stopped = host.StopAsync();
        using var newcomer = new HttpClient { BaseAddress = host.Origin };
        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            // The listener closes within moments of the signal.
            for (var i = 0; i < 100; i++)
            {
                using var _ = await newcomer.GetAsync("/api/v1/missing");
                await Task.Delay(20);
            }
        });
        stopped.IsCompleted.ShouldBeFalse();
        host.Seen.Gate.SetResult();

        using var response = await inFlight;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await stopped.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Stop_RequestOverstaysTheDrain_IsCancelled()
    {
        await using var host = await TestHost.StartAsync(settings: "--Portico:DrainSeconds=0.5");
        var inFlight = host.Client.GetAsync("/api/v1/slow");
        await host.Seen.WaitForAsync("slow began");

        var clock = Stopwatch.StartNew();
        await host.StopAsync();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
        host.Seen.Count("slow was cancelled").ShouldBe(1);
        using var response = await inFlight;
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Stop_WhileStarting_EndsWithoutAnException()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Services.AddHostedService<StopsDuringStart>());
        host.Service<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Start_DataFolderInUse_SaysSo()
    {
        await using var host = await TestHost.StartAsync();
        (await Should.ThrowAsync<HostStartException>(() => TestHost.StartAsync(dataPath: host.DataPath))).Message.ShouldContain(host.DataPath);
    }

    [Fact]
    public async Task Start_PortInUse_NamesThePortAndTheSetting()
    {
        await using var host = await TestHost.StartAsync();
        var failure = await Should.ThrowAsync<HostStartException>(() => TestHost.StartAsync(settings: $"--Portico:Port={host.Origin.Port}"));
        failure.Message.ShouldContain($"{host.Origin.Port}");
        failure.Message.ShouldContain("Portico__Port");
    }

    [Fact]
    public async Task Start_ReadyAndStop_RunFileLivesAsLongAsTheHost()
    {
        var data = TestHost.TemporaryFolder();
        var runFile = Path.Combine(data, "host.json");
        await using (var host = await TestHost.StartAsync(dataPath: data))
        {
            for (var i = 0; i < 200 && !File.Exists(runFile); i++)
            {
                await Task.Delay(20);
            }

            var run = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(runFile)).RootElement;
            run.GetProperty("pid").GetInt32().ShouldBe(Environment.ProcessId);
            run.GetProperty("origin").GetString().ShouldBe(host.Settings.PublicOrigin);
        }

        File.Exists(runFile).ShouldBeFalse();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Presses Ctrl-C while the start waits for something.</summary>
    private sealed class StopsDuringStart(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
