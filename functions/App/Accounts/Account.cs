using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Accounts;

/// <summary>A person who can sign in.</summary>
public sealed record Account : IDocument
{
    public const string IdPrefix = "acc";
    public static readonly DocumentType<Account> Documents = new("accounts", "/id", "account");

    public required string Id { get; init; }

    [JsonIgnore]
    public string PartitionKey => Id;

    /// <summary>As the person writes it; unique without regard to case.</summary>
    public required string Email { get; init; }
    public required string DisplayName { get; init; }
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>PBKDF2, in the format of ASP.NET Core Identity.</summary>
    public required string PasswordHash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What an account may be. Someone without one is anonymous.</summary>
public static class Roles
{
    public const string Personal = "personal";
    public const string Admin = "admin";
}

/// <summary>An account as its owner sees it.</summary>
public sealed record AccountView(string Id, string Email, string DisplayName, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt)
{
    public static AccountView Of(Account account) => new(account.Id, account.Email, account.DisplayName, account.Roles, account.CreatedAt);
}
