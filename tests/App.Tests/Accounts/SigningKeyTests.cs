using Microsoft.Extensions.Configuration;
using Portico.Accounts;

namespace App.Tests.Accounts;

public sealed class SigningKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("portico-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_Twice_FindsTheSameKey()
    {
        using var first = SigningKey.Load(Settings(("Portico:DataPath", _folder)));
        using var second = SigningKey.Load(Settings(("Portico:DataPath", _folder)));

        second.Id.ShouldBe(first.Id);
        second.Verify("text"u8, first.Sign("text"u8)).ShouldBeTrue();
    }

    [Fact]
    public void Load_CreatesTheFile_ReadableByItsOwnerOnly()
    {
        using var key = SigningKey.Load(Settings(("Portico:DataPath", _folder)));

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(_folder, "keys", "access-token.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.GetFiles(Path.Combine(_folder, "keys")).Length.ShouldBe(1);
    }

    [Fact]
    public void Load_SettingBesideFile_TheSettingWins()
    {
        using var fromFile = SigningKey.Load(Settings(("Portico:DataPath", _folder)));
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);

        using var configured = SigningKey.Load(Settings(("Portico:DataPath", _folder), ("Accounts:SigningKey", Convert.ToBase64String(other.ExportPkcs8PrivateKey()))));

        configured.Id.ShouldNotBe(fromFile.Id);
    }

    [Fact]
    public void Load_NeitherSettingNorFolder_RefusesToStart() =>
        Should.Throw<InvalidOperationException>(() => SigningKey.Load(Settings())).Message.ShouldContain("Accounts__SigningKey");

    [Fact]
    public void FromText_OtherCurve_IsRefused()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);

        Should.Throw<InvalidOperationException>(() => SigningKey.FromText(key.ExportPkcs8PrivateKeyPem()));
    }

    private static IConfiguration Settings(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Key, (string?)value.Value))).Build();
}
