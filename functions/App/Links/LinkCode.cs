using System.Security.Cryptography;

namespace Portico.Links;

/// <summary>
/// Short codes that people can read off a poster: eight of 30 letters and digits, without those that look alike
/// (0 o, 1 l i, and u beside v). 6.6 × 10¹¹ of them; a code that is taken is noticed at creation, never overwritten.
/// </summary>
public static class LinkCode
{
    private const string Alphabet = "23456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 8;

    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    public static bool IsValid(string code) => code.Length == Length && code.AsSpan().IndexOfAnyExcept(Alphabet) < 0;
}
