using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.Accounts;
using Portico.Http;
using Portico.Links;
using QRCoder;

namespace Portico.Operations;

/// <summary>
/// What an installation needs before anybody can use it: an administrator and something to look at. Runs at every start
/// and finds it done. <c>Portico__SeedDemo</c>: whether to make the demo campaign; embedded by default, in Azure not.
/// </summary>
public sealed class FirstStart(
    FirstAdministrator administrator,
    SeedDemo demo,
    PublicOrigin origin,
    IConfiguration settings,
    IHostApplicationLifetime lifetime,
    ILogger<FirstStart> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            // A password goes to the terminal, not the log: logs are kept and sent elsewhere.
            var admin = await administrator.EnsureAsync(password => Console.WriteLine($"portico admin {administrator.Email} {password}"), stoppingToken);
            var isEmbedded = settings["Portico:DefaultOrigin"] is not null;
            if (admin is not null && settings.GetValue("Portico:SeedDemo", isEmbedded) && await demo.RunAsync(admin, stoppingToken) is { } code)
            {
                Show(code);
            }
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogError(failure, "The first start could not be finished; it is tried again at the next");
        }
    }

    private void Show(string code)
    {
        if (origin.Default is not { } known)
        {
            return;
        }

        var url = LinkView.UrlOf(code, known);
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(url, QRCodeGenerator.ECCLevel.M);
        using var qr = new AsciiQRCode(data);
        Console.WriteLine($"portico demo {url}\n{qr.GetGraphicSmall()}");
    }

    // Containers exist, and triggers listen, once the host has started.
    private async Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping);
    }
}
