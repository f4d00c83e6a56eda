using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Accounts;

/// <summary>
/// Holds an e-mail address for one account: its id is a hash of the address, and ids are unique, so two
/// registrations can't both have it.
/// </summary>
public sealed record EmailReservation(string Id, string AccountId, DateTimeOffset ReservedAt) : IDocument
{
    public static readonly DocumentType<EmailReservation> Documents = new("reservations", "/id", "email");

    [JsonIgnore]
    public string PartitionKey => Id;

    public static string IdOf(string email) => "email_" + HashOf(email);

    /// <summary>The address without regard to case and composition, hashed: what names documents about it.</summary>
    public static string HashOf(string email) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email.Trim().Normalize().ToLowerInvariant())));
}
