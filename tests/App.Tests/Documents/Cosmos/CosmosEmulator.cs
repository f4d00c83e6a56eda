using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Portico.Documents;
using Portico.Documents.Cosmos;

[assembly: AssemblyFixture(typeof(App.Tests.Documents.Cosmos.CosmosEmulator))]

namespace App.Tests.Documents.Cosmos;

/// <summary>
/// The emulator of <c>./run --cosmos</c> in a process of its own, started by the first test that asks for it, with one
/// store that all tests share.
/// </summary>
public sealed class CosmosEmulator : IAsyncDisposable
{
    private readonly Lazy<Task<CosmosDocumentStore>> _store;
    private Process? _process;

    public CosmosEmulator() => _store = new Lazy<Task<CosmosDocumentStore>>(StartAsync);

    public Task<CosmosDocumentStore> StoreAsync() => _store.Value;

    /// <summary>The settings that lead to it; after <see cref="StoreAsync"/>.</summary>
    public CosmosSettings? Settings { get; private set; }

    public async ValueTask DisposeAsync()
    {
        if (_store.IsValueCreated)
        {
            (await _store.Value).Dispose();
        }

        // It ends with its standard input, also when this process dies.
        _process?.StandardInput.Close();
        _process?.Dispose();
    }

    private async Task<CosmosDocumentStore> StartAsync()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Serverless.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests are not inside the repository.");
        }

        if (!Directory.Exists(Path.Combine(root.FullName, "eng", "cosmos-emulator", "node_modules")))
        {
            throw new InvalidOperationException("The Cosmos DB emulator is not installed: npm ci in eng/cosmos-emulator, or ./test unit.");
        }

        _process = Process.Start(new ProcessStartInfo("node", ["--import", "tsx", "eng/cosmos-emulator/main.ts", "--ends-with-input"])
        {
            WorkingDirectory = root.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var connectionString = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["CosmosDb:ConnectionString"] = connectionString ?? throw new InvalidOperationException("The emulator ended at once.") })
            .Build();
        Settings = CosmosSettings.From(configuration)!;
        var store = new CosmosDocumentStore(Settings, DocumentContainer.DeclaredIn(typeof(Note).Assembly, typeof(IDocument).Assembly));
        await store.Containers.PrepareAsync(CancellationToken.None);
        return store;
    }
}
