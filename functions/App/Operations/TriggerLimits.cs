using Microsoft.Extensions.Configuration;

namespace Portico.Operations;

/// <summary>What host.json tells the Functions host of triggers, which the app needs to know how a failure will go on.</summary>
/// <param name="PoisonBlobThreshold">Tries of a blob trigger, the first included.</param>
/// <param name="FunctionTimeout">A try that began longer ago has ended, whether or not anybody saw it.</param>
public sealed record TriggerLimits(int PoisonBlobThreshold, TimeSpan FunctionTimeout)
{
    private const string HostJson = "AzureFunctionsJobHost";

    /// <summary>
    /// The host's overrides (<c>AzureFunctionsJobHost__…</c>) before the host.json that lies beside the app, before Azure's
    /// defaults.
    /// </summary>
    public static TriggerLimits Read(IConfiguration configuration)
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json"), optional: true).Build();
        string? Setting(string key) => configuration[$"{HostJson}:{key}"] ?? file[key];
        return new(
            int.TryParse(Setting("extensions:blobs:poisonBlobThreshold"), out var threshold) ? threshold : 5,
            TimeSpan.TryParse(Setting("functionTimeout"), out var timeout) && timeout > TimeSpan.Zero ? timeout : TimeSpan.FromMinutes(30));
    }
}
