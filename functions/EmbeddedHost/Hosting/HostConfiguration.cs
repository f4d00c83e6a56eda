using Microsoft.Extensions.Configuration;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>Settings as Azure gives them: host.json below local.settings.json below environment variables below the command line.</summary>
internal static class HostConfiguration
{
    /// <summary>Where host.json's content stands; the prefix with which Azure lets settings override it.</summary>
    public const string HostJson = "AzureFunctionsJobHost";

    public static void Add(ConfigurationManager configuration, string root, string[] args)
    {
        AddHostJson(configuration, Nearest(root, "host.json"));
        AddLocalSettings(configuration, Nearest(root, "local.settings.json"));
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(args);
    }

    // The copy beside the assembly is the one that was published; the one at the root is for a file that is never copied.
    private static string? Nearest(string root, string name) =>
        new[] { Path.Combine(AppContext.BaseDirectory, name), Path.Combine(root, name) }.FirstOrDefault(File.Exists);

    private static void AddHostJson(ConfigurationManager configuration, string? path)
    {
        if (path is null)
        {
            return;
        }

        var values = new Dictionary<string, string?>();
        foreach (var (key, value) in Parse(path))
        {
            values[$"{HostJson}:{key}"] = value;
            if (key.StartsWith("logging:", StringComparison.OrdinalIgnoreCase))
            {
                values[key] = value;
            }
        }

        configuration.AddInMemoryCollection(values);
    }

    private static void AddLocalSettings(ConfigurationManager configuration, string? path)
    {
        const string section = "Values:";
        if (path is not null)
        {
            configuration.AddInMemoryCollection(Parse(path)
                .Where(pair => pair.Key.StartsWith(section, StringComparison.OrdinalIgnoreCase))
                .Select(pair => KeyValuePair.Create(pair.Key[section.Length..].Replace("__", ":", StringComparison.Ordinal), pair.Value)));
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Parse(string path) =>
        new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build().AsEnumerable().Where(pair => pair.Value is not null);
}
