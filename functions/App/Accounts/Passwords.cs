using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Portico.Accounts;

/// <summary>PBKDF2-HMAC-SHA512 with 210,000 rounds, as OWASP advises.</summary>
public sealed class Passwords
{
    public const int MinLength = 10;
    public const int MaxLength = 200;

    private const int Rounds = 210_000;

    private static readonly PasswordHasher<Account> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    // Verified against when there is no such account, so that the answer takes as long.
    private static readonly string Decoy = NewDecoy();

    /// <summary>How many may wait for a turn: few enough that each gets one soon.</summary>
    public const int MaxWaiting = 16;

    /// <summary>How many are hashed or checked at a time. A core is left for everybody else.</summary>
    public static readonly int MaxAtOnce = Math.Max(1, Environment.ProcessorCount - 1);

    // Protects this process and nothing else: no answer depends on what is in it, and every instance has its own.
    private readonly SemaphoreSlim _turns = new(MaxAtOnce);
    private int _present;

    /// <summary>
    /// A turn to hash or check one password, to be disposed of after. Null when too many wait already: each takes a
    /// fraction of a second of a core, and anybody may ask.
    /// </summary>
    public async Task<IDisposable?> TakeTurnAsync(CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _present) > MaxAtOnce + MaxWaiting)
        {
            Interlocked.Decrement(ref _present);
            return null;
        }

        try
        {
            await _turns.WaitAsync(cancellation);
            return new Turn(this);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _present);
            throw;
        }
    }

    public string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Whether the password is the account's. Takes as long for an account that doesn't exist.</summary>
    public bool Verify(Account? account, string password) =>
        Hasher.VerifyHashedPassword(null!, account?.PasswordHash ?? Decoy, password) != PasswordVerificationResult.Failed && account is not null;

    /// <summary>What a hash looks like, of no password: to hash one would hold up every start by a tenth of a second.</summary>
    internal static string NewDecoy()
    {
        // Identity's format 3: marker, algorithm (2: HMAC-SHA512), rounds, length of the salt; salt; 32 bytes derived.
        const int header = 13, saltLength = 16;
        Span<byte> hash = stackalloc byte[header + saltLength + 32];
        hash[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(hash[1..], 2);
        BinaryPrimitives.WriteUInt32BigEndian(hash[5..], Rounds);
        BinaryPrimitives.WriteUInt32BigEndian(hash[9..], saltLength);
        RandomNumberGenerator.Fill(hash[header..]);
        return Convert.ToBase64String(hash);
    }

    private sealed class Turn(Passwords passwords) : IDisposable
    {
        public void Dispose()
        {
            passwords._turns.Release();
            Interlocked.Decrement(ref passwords._present);
        }
    }
}
