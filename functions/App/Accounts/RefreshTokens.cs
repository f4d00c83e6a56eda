using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Portico.Documents;

namespace Portico.Accounts;

/// <summary>One refresh token, under the hash of its secret: the store never holds what would open a session.</summary>
/// <param name="RotatedAt">When it was exchanged for its successor.</param>
public sealed record RefreshToken(string Id, string FamilyId, string AccountId, DateTimeOffset ExpiresAt, DateTimeOffset? RotatedAt) : IDocument
{
    public static readonly DocumentType<RefreshToken> Documents = new("reservations", "/id", "refreshToken");

    [JsonIgnore]
    public string PartitionKey => Id;
}

/// <summary>The tokens that descend from one sign-in. They end together.</summary>
public sealed record RefreshFamily(string Id, string AccountId, DateTimeOffset SignedInAt, DateTimeOffset? RevokedAt) : IDocument
{
    public static readonly DocumentType<RefreshFamily> Documents = new("reservations", "/id", "refreshFamily");

    [JsonIgnore]
    public string PartitionKey => Id;
}

/// <summary>
/// Rotating refresh tokens. Each is good once; one that comes back later was copied, and since nobody can tell the
/// owner from the thief, the whole family ends.
/// </summary>
public sealed class RefreshTokens(IDocumentStore documents, TimeProvider clock, ILogger<RefreshTokens> logger)
{
    /// <summary>A session that isn't used for this long ends.</summary>
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromDays(30);

    /// <summary>A session ends this long after its sign-in, however busy.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(180);

    /// <summary>Two tabs may refresh at the same moment, and an answer may be lost on the way.</summary>
    public static readonly TimeSpan ReuseGrace = TimeSpan.FromSeconds(20);

    private const int SecretBytes = 32;

    /// <summary>Begins a session.</summary>
    public async Task<IssuedRefreshToken> BeginAsync(string accountId, CancellationToken cancellation)
    {
        var family = new RefreshFamily(DocumentId.New("rff", clock), accountId, clock.GetUtcNow(), RevokedAt: null);
        await documents.UpsertAsync(RefreshFamily.Documents, family, cancellation);
        return await IssueAsync(family, cancellation);
    }

    /// <summary>Exchanges a token for its successor; null when the session has ended.</summary>
    public async Task<IssuedRefreshToken?> RotateAsync(string secret, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (await FindAsync(secret, cancellation) is not { } token
            || token.Document.ExpiresAt <= now
            || await FindFamilyAsync(token.Document.FamilyId, cancellation) is not { RevokedAt: null } family)
        {
            return null;
        }

        if (token.Document.RotatedAt is { } rotatedAt && now - rotatedAt > ReuseGrace)
        {
            logger.LogWarning("A refresh token of account {AccountId} was used again {Seconds:F0} s after its rotation; its session is revoked", family.AccountId, (now - rotatedAt).TotalSeconds);
            await RevokeFamilyAsync(family.Id, cancellation);
            return null;
        }

        // The successor exists before the token is spent: a crash in between costs nobody their session.
        var successor = await IssueAsync(family, cancellation);
        if (token.Document.RotatedAt is null)
        {
            // Whoever loses this race is the other tab, within the grace.
            await documents.PatchAsync(RefreshToken.Documents, token.Document.Id, token.Document.Id, new DocumentPatch().Set("/rotatedAt", now), token.ETag, cancellation);
        }

        return successor;
    }

    /// <summary>Ends the session the token belongs to; an unknown token is fine.</summary>
    public async Task EndAsync(string secret, CancellationToken cancellation)
    {
        if (await FindAsync(secret, cancellation) is { } token)
        {
            await RevokeFamilyAsync(token.Document.FamilyId, cancellation);
        }
    }

    private async Task<IssuedRefreshToken> IssueAsync(RefreshFamily family, CancellationToken cancellation)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var end = family.SignedInAt + SessionLifetime;
        var idleEnd = clock.GetUtcNow() + IdleLifetime;
        var token = new RefreshToken(IdOf(secret), family.Id, family.AccountId, idleEnd < end ? idleEnd : end, RotatedAt: null);
        await documents.UpsertAsync(RefreshToken.Documents, token, cancellation);
        return new IssuedRefreshToken(secret, family.AccountId, token.ExpiresAt);
    }

    private Task<Stored<RefreshToken>?> FindAsync(string secret, CancellationToken cancellation) =>
        secret.Length is 0 or > 100
            ? Task.FromResult<Stored<RefreshToken>?>(null)
            : documents.GetAsync(RefreshToken.Documents, IdOf(secret), IdOf(secret), cancellation);

    private async Task<RefreshFamily?> FindFamilyAsync(string id, CancellationToken cancellation) =>
        (await documents.GetAsync(RefreshFamily.Documents, id, id, cancellation))?.Document;

    private Task RevokeFamilyAsync(string id, CancellationToken cancellation) =>
        documents.PatchAsync(RefreshFamily.Documents, id, id, new DocumentPatch().Set("/revokedAt", clock.GetUtcNow()), ifMatch: null, cancellation);

    private static string IdOf(string secret) => "rft_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <param name="Secret">For the cookie; it is stored nowhere.</param>
public sealed record IssuedRefreshToken(string Secret, string AccountId, DateTimeOffset ExpiresAt);
