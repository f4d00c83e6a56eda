using System.Net;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Tests.Hosting;

/// <summary>The real host on a free port with the functions of this assembly, in this process.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    /// <summary>A storage account that does not answer: for tests that need no blobs.</summary>
    private const string NoStorage = "DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:9/none;";

    private readonly IHost _host;
    private readonly bool _ownsData;

    private TestHost(IHost host, string dataPath, bool ownsData)
    {
        _host = host;
        _ownsData = ownsData;
        DataPath = dataPath;
        Origin = new Uri(Settings.LocalOrigin);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Origin };
    }

    public string DataPath { get; }

    public Uri Origin { get; }

    public HttpClient Client { get; }

    public HostSettings Settings => Service<HostSettings>();

    /// <summary>What the test functions saw.</summary>
    public Seen Seen => Service<Seen>();

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <param name="withBlobs">Whether to start Azurite and wait for it.</param>
    /// <param name="dataPath">A folder to keep; a temporary one when null.</param>
    public static async Task<TestHost> StartAsync(
        bool withBlobs = false, string? dataPath = null, Action<FunctionsApplicationBuilder>? configure = null, params string[] settings)
    {
        var data = dataPath ?? TemporaryFolder();
        string[] args =
        [
            "--Portico:FunctionsAssembly=EmbeddedHost.Tests", "--Portico:Port=0", $"--Portico:DataPath={data}", "--Web:Root=" + Path.Combine(data, "web"),
            "--TestSchedule=0 0 0 1 1 *", .. withBlobs ? Array.Empty<string>() : [$"--AzureWebJobsStorage={NoStorage}"], .. settings,
        ];
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new Seen());
        builder.Services.AddScoped<ScopedThing>();
        configure?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        if (withBlobs)
        {
            await Task.WhenAll(host.Services.GetServices<IReadyPart>().Select(part => part.WhenReadyAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token)));
        }

        return new TestHost(host, data, dataPath is null);
    }

    public static string TemporaryFolder() => Directory.CreateTempSubdirectory("portico-host-").FullName;

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(DataPath, recursive: true);
        }
    }
}
