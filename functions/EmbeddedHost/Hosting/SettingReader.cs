using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>Reads settings that are more than text and notes each that isn't what it should be, so that all are told at once.</summary>
internal sealed class SettingReader(IConfiguration configuration)
{
    private readonly List<string> _problems = [];

    public long Whole(string key, long otherwise, long min, long max) =>
        configuration[key] is not { Length: > 0 } text ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value
        : Wrong(key, $"expected a whole number from {min} to {max}", otherwise);

    public TimeSpan Seconds(string key, double otherwise) =>
        TimeSpan.FromSeconds(configuration[key] is not { Length: > 0 } text ? otherwise
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 86400 ? value
        : Wrong(key, "expected a number of seconds, such as 25 or 0.5", otherwise));

    public bool Flag(string key, bool otherwise) =>
        configuration[key] is not { Length: > 0 } text ? otherwise
        : bool.TryParse(text, out var value) ? value
        : Wrong(key, "expected true or false", otherwise);

    /// <exception cref="HostStartException">Something was wrong; it says what of each.</exception>
    public void ThrowIfWrong()
    {
        if (_problems.Count > 0)
        {
            throw new HostStartException(string.Join('\n', _problems));
        }
    }

    public T Wrong<T>(string key, string expected, T otherwise)
    {
        _problems.Add($"{key.Replace(":", "__", StringComparison.Ordinal)} is {configuration[key]}: {expected}.");
        return otherwise;
    }
}
