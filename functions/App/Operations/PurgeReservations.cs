using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Portico.Accounts;
using Portico.Documents;
using Portico.Http;

namespace Portico.Operations;

/// <summary>
/// Every night: deletes what was kept for a while only (refresh tokens, their families, sign-in attempts, idempotency
/// keys, tries at blobs that were deleted before the next), so that sessions and strangers leave nothing behind for ever. Safe to repeat; what changed meanwhile stays.
/// </summary>
public sealed class PurgeReservations(IDocumentMaintenance maintenance, IDocumentStore documents, TimeProvider clock, ILogger<PurgeReservations> logger)
{
    /// <summary>A client that repeats a create after this long has forgotten why.</summary>
    public static readonly TimeSpan IdempotencyLifetime = TimeSpan.FromDays(7);

    /// <summary>No host waits this long before it tries a blob again.</summary>
    public static readonly TimeSpan RetryPatience = TimeSpan.FromDays(1);

    [Function(nameof(PurgeReservations))]
    public async Task Run([TimerTrigger("0 10 4 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var purged = await PurgeAsync(RefreshToken.Documents, token => token.ExpiresAt <= now, cancellation)
            + await PurgeAsync(RefreshFamily.Documents, family => family.SignedInAt + RefreshTokens.SessionLifetime <= now, cancellation)
            + await PurgeAsync(SignInAttempts.Documents, attempts => attempts.WindowStartedAt + SignInThrottle.Window <= now, cancellation)
            + await PurgeAsync(IdempotentCreate.Documents, create => create.ReservedAt + IdempotencyLifetime <= now, cancellation)
            + await PurgeAsync(BlobTries.Documents, tries => !tries.IsLast && tries.LastBeganAt + RetryPatience <= now, cancellation);
        logger.LogInformation("{Purged} expired reservations were deleted", purged);
    }

    private async Task<int> PurgeAsync<T>(DocumentType<T> type, Func<T, bool> hasExpired, CancellationToken cancellation)
        where T : class, IDocument
    {
        var purged = 0;
        await foreach (var stored in maintenance.AllAsync(type, cancellation))
        {
            if (hasExpired(stored.Document)
                && await documents.DeleteAsync(type, stored.Document.PartitionKey, stored.Document.Id, stored.ETag, cancellation) == WriteOutcome.Written)
            {
                purged++;
            }
        }

        return purged;
    }
}
