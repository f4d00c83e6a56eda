using Portico.Documents;
using Portico.Documents.Cosmos;

namespace App.Tests.Documents.Cosmos;

// The contracts over the SDK, HTTP and the emulator. What an emulator can't show (the wire as the service expects it,
// throttling, large patches) is in CosmosRequestTests.

public sealed class CosmosDocumentStoreTests(CosmosEmulator emulator) : DocumentStoreContract, IAsyncLifetime
{
    private CosmosDocumentStore? _store;

    protected override IDocumentStore Store => _store!;

    public async ValueTask InitializeAsync() => _store = await emulator.StoreAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed class CosmosDocumentPatchTests(CosmosEmulator emulator) : DocumentPatchContract, IAsyncLifetime
{
    private CosmosDocumentStore? _store;

    protected override IDocumentStore Store => _store!;

    public async ValueTask InitializeAsync() => _store = await emulator.StoreAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed class CosmosDocumentListTests(CosmosEmulator emulator) : DocumentListContract, IAsyncLifetime
{
    private CosmosDocumentStore? _store;

    protected override IDocumentStore Store => _store!;

    public async ValueTask InitializeAsync() => _store = await emulator.StoreAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
