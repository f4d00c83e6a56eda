using Portico.Http;

namespace Portico.Accounts;

/// <summary>What an e-mail address and a new password must look like.</summary>
public static class Credentials
{
    private const int MaxEmailLength = 254;

    /// <summary>One @ with something on either side; only a message sent there proves more.</summary>
    public static string Email(FieldErrors errors, string? value)
    {
        var email = errors.Text("email", value, MaxEmailLength);
        var at = email.IndexOf('@');
        if (email.Length > 0 && (at <= 0 || at == email.Length - 1 || email.IndexOf('@', at + 1) >= 0 || email.Any(char.IsWhiteSpace)))
        {
            errors.Add("email", "Must be an e-mail address.");
        }

        return email;
    }

    /// <summary>Length is what counts; composition rules only make passwords predictable.</summary>
    public static void NewPassword(FieldErrors errors, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            errors.Add("password", "Required.");
        }
        else if (value.Length is < Passwords.MinLength or > Passwords.MaxLength)
        {
            errors.Add("password", $"Must have {Passwords.MinLength} to {Passwords.MaxLength} characters.");
        }
    }
}
