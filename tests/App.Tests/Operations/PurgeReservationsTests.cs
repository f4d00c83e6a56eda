using App.Tests.Documents;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Accounts;
using Portico.Documents;
using Portico.Http;
using Portico.Operations;

namespace App.Tests.Operations;

public sealed class PurgeReservationsTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task Run_ExpiredAndLiving_DeletesExactlyTheExpired()
    {
        var now = _clock.GetUtcNow();
        foreach (var (name, age) in new[] { ("old", TimeSpan.FromDays(365)), ("young", TimeSpan.Zero) })
        {
            await CreateAsync(RefreshToken.Documents, new RefreshToken($"rft_{name}", "rff_x", "acc_x", now - age + TimeSpan.FromDays(1), null));
            await CreateAsync(RefreshFamily.Documents, new RefreshFamily($"rff_{name}", "acc_x", now - age, null));
            await CreateAsync(SignInAttempts.Documents, new SignInAttempts($"signin_{name}", 3, now - age));
            await CreateAsync(IdempotentCreate.Documents, new IdempotentCreate($"idem_{name}", "prj_x", "hash", now - age));
            await CreateAsync(BlobTries.Documents, Tries(name, now - age, isLast: false));
            await CreateAsync(BlobTries.Documents, Tries($"{name}-last", now - age, isLast: true));
        }

        await new PurgeReservations(_documents.Store, _documents.Store, _clock, NullLogger<PurgeReservations>.Instance).Run(new TimerInfo(), None);

        (await IdsAsync(RefreshToken.Documents)).ShouldBe(["rft_young"]);
        (await IdsAsync(RefreshFamily.Documents)).ShouldBe(["rff_young"]);
        (await IdsAsync(SignInAttempts.Documents)).ShouldBe(["signin_young"]);
        (await IdsAsync(IdempotentCreate.Documents)).ShouldBe(["idem_young"]);
        (await IdsAsync(BlobTries.Documents)).ShouldBe(["blb_old-last", "blb_young", "blb_young-last"], ignoreOrder: true);
    }

    private static BlobTries Tries(string name, DateTimeOffset began, bool isLast) =>
        new() { Id = $"blb_{name}", Function = "F", Blob = "c/b", ETag = "1", Count = 1, IsLast = isLast, FirstBeganAt = began, LastBeganAt = began };

    private async Task CreateAsync<T>(DocumentType<T> type, T document)
        where T : class, IDocument => (await _documents.Store.CreateAsync(type, document, None)).Outcome.ShouldBe(WriteOutcome.Written);

    private async Task<List<string>> IdsAsync<T>(DocumentType<T> type)
        where T : class, IDocument
    {
        var ids = new List<string>();
        await foreach (var stored in _documents.Store.AllAsync(type, None))
        {
            ids.Add(stored.Document.Id);
        }

        return ids;
    }
}
