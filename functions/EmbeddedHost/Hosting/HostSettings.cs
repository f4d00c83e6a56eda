using System.Net;
using Microsoft.Extensions.Configuration;
using Portico.EmbeddedHost.Lan;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>What the host itself is told, read once at start. Names are those of settings, <c>__</c> for <c>:</c> in the environment.</summary>
internal sealed record HostSettings
{
    /// <summary><c>Portico__DataPath</c>: where everything that outlives the process is kept. Default <c>.portico</c> in the repository.</summary>
    public required string DataPath { get; init; }

    /// <summary><c>Portico__Port</c>: default 8080, with <see cref="Lan"/> 8443; 0 takes any free one.</summary>
    public required int Port { get; init; }

    /// <summary><c>Portico__Bind</c>: <c>localhost</c> (default) or an address such as <c>0.0.0.0</c>.</summary>
    public required string Bind { get; init; }

    /// <summary>
    /// <c>Portico__PublicOrigin</c>: scheme, host and port under which browsers reach the host, when that is not the
    /// address they show in their requests (a tunnel, a proxy). Default <c>http://localhost:{port}</c>.
    /// </summary>
    public required string PublicOrigin { get; init; }

    /// <summary>Whether <see cref="PublicOrigin"/> was set, and so overrides what requests show.</summary>
    public required bool HasPublicOrigin { get; init; }

    /// <summary><c>Web__Root</c>: the built Static Web App. Default <c>static-webxr/dist</c> in the repository.</summary>
    public required string WebRoot { get; init; }

    /// <summary>host.json <c>extensions.http.routePrefix</c>, without slashes at its ends; <c>api</c> when absent, as in Azure.</summary>
    public required string RoutePrefix { get; init; }

    /// <summary>host.json <c>functionTimeout</c>: the longest a function may run that HTTP did not start.</summary>
    public required TimeSpan FunctionTimeout { get; init; }

    /// <summary><c>Portico__DrainSeconds</c>: how long what is in flight may take after SIGTERM. Default 25.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary><c>Portico__MaxRequestBodyBytes</c>: default 100 MiB, Azure's limit. Uploads to blob storage have their own.</summary>
    public required long MaxRequestBodyBytes { get; init; }

    /// <summary><c>Portico__MaxUploadBytes</c>: the largest single body that is passed on to blob storage. Default 2 GiB, the largest file that the app takes.</summary>
    public required long MaxUploadBytes { get; init; }

    /// <summary><c>Portico__FreshProviderPerInvocation</c>: for tests. Every invocation gets singletons of its own and every
    /// orchestration step is a replay, so that state kept in memory is found out.</summary>
    public required bool FreshProviderPerInvocation { get; init; }

    /// <summary>The folder that relative paths start from: the repository's, or the working directory outside of one.</summary>
    public required string Root { get; init; }

    /// <summary><c>Portico__Lan</c>: HTTPS for every device of the network; null when only this machine is served.</summary>
    public required LanAddresses? Lan { get; init; }

    /// <summary>Where the host speaks HTTP on loopback: <see cref="Port"/>, unless that speaks HTTPS.</summary>
    public required int LocalPort { get; init; }

    /// <summary>The host's own address, for the app in the same process.</summary>
    public string LocalOrigin => $"http://127.0.0.1:{LocalPort}";

    /// <exception cref="HostStartException">Names every setting that isn't what it should be.</exception>
    public static HostSettings Read(IConfiguration configuration, string root)
    {
        var read = new SettingReader(configuration);
        var isLan = read.Flag("Portico:Lan", false);
        var port = (int)read.Whole("Portico:Port", isLan ? 8443 : 8080, 0, 65535);
        var bind = configuration["Portico:Bind"] ?? "localhost";
        if (bind != "localhost" && !IPAddress.TryParse(bind, out _))
        {
            read.Wrong("Portico:Bind", "expected localhost or an IP address", bind);
        }

        var drain = read.Seconds("Portico:DrainSeconds", 25);
        var maxRequest = read.Whole("Portico:MaxRequestBodyBytes", 100L << 20, 1, long.MaxValue);
        var maxUpload = read.Whole("Portico:MaxUploadBytes", 2L << 30, 1, long.MaxValue);
        var fresh = read.Flag("Portico:FreshProviderPerInvocation", false);
        read.Seconds("Portico:BlobSweepSeconds", 60);
        read.Seconds("Portico:BlobRetrySeconds", 1);
        read.ThrowIfWrong();

        if (port == 0)
        {
            port = FreePort.Take();
        }
        else
        {
            FreePort.ThrowIfTaken(port);
        }

        var lan = isLan ? LanAddresses.Find(configuration["Portico:LanAddress"]) : null;
        var ownOrigin = lan is null ? $"http://localhost:{port}" : $"https://{lan.Host}:{port}";
        return new HostSettings
        {
            Root = root,
            DataPath = DataPathOf(configuration, root),
            Port = port,
            LocalPort = lan is null ? port : FreePort.Take(),
            Lan = lan,
            Bind = bind,
            PublicOrigin = configuration["Portico:PublicOrigin"] is { Length: > 0 } origin ? origin.TrimEnd('/') : ownOrigin,
            HasPublicOrigin = configuration["Portico:PublicOrigin"] is { Length: > 0 },
            WebRoot = Path.GetFullPath(configuration["Web:Root"] ?? Path.Combine("static-webxr", "dist"), root),
            RoutePrefix = (configuration[$"{HostConfiguration.HostJson}:extensions:http:routePrefix"] ?? "api").Trim('/'),
            FunctionTimeout = configuration.GetValue($"{HostConfiguration.HostJson}:functionTimeout", TimeSpan.FromMinutes(30)),
            DrainTimeout = drain,
            MaxRequestBodyBytes = maxRequest,
            MaxUploadBytes = maxUpload,
            FreshProviderPerInvocation = fresh,
        };
    }

    /// <summary>Where the data folder is, for those who need no more than that.</summary>
    public static string DataPathOf(IConfiguration configuration, string root) => Path.GetFullPath(configuration["Portico:DataPath"] ?? ".portico", root);

    /// <summary>The nearest folder above the working directory, or above the program, that holds the solution; else the working directory.</summary>
    public static string FindRoot()
    {
        foreach (var start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
                {
                    return folder.FullName;
                }
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
