using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Portico.Accounts;

/// <summary>
/// The ECDSA P-256 key that access tokens are signed with. Its id is bound to ES256 here, once: what algorithm a
/// token claims is only ever compared, never followed.
/// </summary>
public sealed class SigningKey : IDisposable
{
    public const string Algorithm = "ES256";

    private readonly ECDsa _key;

    private SigningKey(ECDsa key)
    {
        _key = key;
        Id = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 12));
    }

    /// <summary><c>kid</c>: derived from the public key.</summary>
    public string Id { get; }

    public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        _key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>
    /// From <c>Accounts__SigningKey</c> (a PKCS#8 PEM, or its base64 alone: in Azure a Key Vault reference); else from
    /// <c>keys/access-token.pem</c> in the data folder, made on first use and readable by its owner only.
    /// </summary>
    /// <exception cref="InvalidOperationException">Neither is configured: instances with different keys would refuse each other's tokens.</exception>
    public static SigningKey Load(IConfiguration settings)
    {
        if (settings["Accounts:SigningKey"] is { Length: > 0 } configured)
        {
            return FromText(configured);
        }

        var dataPath = settings["Portico:DataPath"]
            ?? throw new InvalidOperationException("Set Accounts__SigningKey to an ECDSA P-256 private key (openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8 -nocrypt).");
        var path = Path.Combine(dataPath, "keys", "access-token.pem");
        if (!File.Exists(path))
        {
            Create(path);
        }

        return FromText(File.ReadAllText(path));
    }

    public void Dispose() => _key.Dispose();

    /// <summary>A key from PEM, or from the base64 of its DER.</summary>
    public static SigningKey FromText(string text)
    {
        var key = ECDsa.Create();
        if (text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            key.ImportFromPem(text.Replace("\\n", "\n", StringComparison.Ordinal));
        }
        else
        {
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(text.Trim()), out _);
        }

        return key.KeySize == 256 ? new SigningKey(key) : throw new InvalidOperationException("Accounts__SigningKey must be on the curve P-256.");
    }

    private static void Create(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var partial = path + "." + Guid.NewGuid().ToString("N");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(partial, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
            file.Flush(flushToDisk: true);
        }

        // Half a key must never be found under the real name.
        File.Move(partial, path, overwrite: false);
    }
}
