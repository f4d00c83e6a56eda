using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.Accounts;

namespace Portico.Operations;

/// <summary>What an installation needs before anybody can use it: an administrator. Runs at every start and finds it done.</summary>
public sealed class FirstStart(FirstAdministrator administrator, ILogger<FirstStart> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var admin = await administrator.EnsureAsync(stoppingToken);
            if (admin is { GeneratedPassword: { } password })
            {
                // To the terminal, not the log: logs are kept and sent elsewhere.
                Console.WriteLine($"portico admin {admin.Account.Email} {password}");
            }
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogError(failure, "The first start could not be finished; it is tried again at the next");
        }
    }
}
