using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Accounts;

/// <summary>Attempts to sign in with an address, whether it has an account or not, since the window began.</summary>
public sealed record SignInAttempts(string Id, long Attempts, DateTimeOffset WindowStartedAt) : IDocument
{
    public static readonly DocumentType<SignInAttempts> Documents = new("reservations", "/id", "signInAttempts");

    [JsonIgnore]
    public string PartitionKey => Id;
}

/// <summary>
/// Ten tries per address and quarter of an hour. An attempt is counted before its password is looked at, by an
/// atomic increment, so that a volley of parallel guesses gets no more tries than a patient one.
/// </summary>
public sealed class SignInThrottle(IDocumentStore documents, TimeProvider clock)
{
    public const int MaxAttempts = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Counts an attempt. Null when it may go on, else how long to wait.</summary>
    public async Task<TimeSpan?> BeginAsync(string email, CancellationToken cancellation)
    {
        var id = IdOf(email);
        var now = clock.GetUtcNow();
        while (true)
        {
            var stored = await documents.GetAsync(SignInAttempts.Documents, id, id, cancellation);
            if (stored is null)
            {
                if ((await documents.CreateAsync(SignInAttempts.Documents, new SignInAttempts(id, 1, now), cancellation)).Outcome == WriteOutcome.Written)
                {
                    return null;
                }
            }
            else if (now - stored.Document.WindowStartedAt >= Window)
            {
                if ((await documents.ReplaceAsync(SignInAttempts.Documents, new SignInAttempts(id, 1, now), stored.ETag, cancellation)).Outcome == WriteOutcome.Written)
                {
                    return null;
                }
            }
            else if (stored.Document.Attempts >= MaxAttempts)
            {
                return stored.Document.WindowStartedAt + Window - now;
            }
            else
            {
                // The version is insisted on: an increment that lands in the next window would shorten it.
                var counted = await documents.PatchAsync(SignInAttempts.Documents, id, id, new DocumentPatch().Increment("/attempts", 1), stored.ETag, cancellation);
                if (counted.Outcome == WriteOutcome.Written)
                {
                    return null;
                }
            }
        }
    }

    /// <summary>Takes a successful attempt off the count: people who know their password are not locked out by using it.</summary>
    public Task SucceededAsync(string email, CancellationToken cancellation) =>
        documents.DeleteAsync(SignInAttempts.Documents, IdOf(email), IdOf(email), ifMatch: null, cancellation);

    private static string IdOf(string email) => "signin_" + EmailReservation.HashOf(email);
}
