using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portico.Blobs;

namespace App.Tests.Blobs;

/// <summary>The real Azurite on a free port with a folder of its own, and the blob store against it.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";
    private const string Key = "cG9ydGljbydzIHRlc3RzIG5lZWQgYSBrZXksIG5vdCBhIHNlY3JldA==";

    private readonly string _folder = Directory.CreateTempSubdirectory("portico-azurite-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;
    private ServiceProvider? _services;

    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={Endpoint};";

    public string Endpoint => $"http://127.0.0.1:{_port}/{Account}";

    public IBlobStore Blobs => _services!.GetRequiredService<IBlobStore>();

    /// <summary>Where a URL that the store made for browsers leads, as the host's proxy would pass it on.</summary>
    public Uri BehindProxy(Uri url) => new(Endpoint + url.OriginalString[$"/blob/{Account}".Length..]);

    public ServiceProvider NewServices(TimeProvider? clock = null, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("AzureWebJobsStorage", ConnectionString)])
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)))
            .Build();
        return new ServiceCollection().AddSingleton(clock ?? TimeProvider.System).AddBlobs(configuration).BuildServiceProvider();
    }

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        _services = NewServices();
        foreach (var service in _services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            await service.StartedAsync(CancellationToken.None);
        }
    }

    public async Task StartAsync()
    {
        var script = Path.Combine(RepositoryRoot(), "node_modules", "azurite", "dist", "src", "blob", "main.js");
        File.Exists(script).ShouldBeTrue("Azurite is not installed: run 'npm ci' at the root");
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "TERM", "node", script, "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--location", _folder, "--blobHost", "127.0.0.1", "--blobPort", $"{_port}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{Key}";

        // The death signal comes when the thread that started the process ends: this one waits for it.
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            started.SetResult(process);
            process.WaitForExit();
        }) { IsBackground = true }.Start();
        _process = await started.Task;
        await AnswersAsync();
    }

    /// <summary>Ends Azurite as the host does: it writes its index first.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        if (_process is not null)
        {
            await StopAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswersAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException)
            {
                _process!.HasExited.ShouldBeFalse("Azurite ended at start");
                watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), "Azurite does not answer");
                await Task.Delay(50);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}

/// <summary>Tests that share one Azurite; each keeps to a project of its own.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}

/// <summary>A clock that stands where the test puts it.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
