using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace App.Tests.Operations;

public sealed partial class SettingsDocsTests
{
    /// <summary>Between host and app, or between tests and host: nobody sets them by hand.</summary>
    private static readonly string[] Internal = ["Portico__DefaultOrigin", "Portico__FunctionsAssembly"];

    [Fact]
    public void Sample_DescribesEverySettingOfTheDocsAndNoOther()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), "local.settings.sample.json")));
        var described = sample.RootElement.GetProperty("About").EnumerateObject().ToList();

        described.Select(setting => setting.Name).ShouldBe(Documented(), ignoreOrder: true);
        described.ShouldAllBe(setting => setting.Value.GetString()!.Length > 10);
        var values = sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).Where(name => name != "FUNCTIONS_WORKER_RUNTIME");
        values.Except(Documented()).ShouldBeEmpty();
    }

    [Fact]
    public void Docs_NameEverySettingThatTheCodeReads()
    {
        var read = from file in Directory.EnumerateFiles(Path.Combine(Root(), "functions"), "*.cs", SearchOption.AllDirectories)
                   where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                   from Match match in Key().Matches(File.ReadAllText(file))
                   select match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal);

        var undocumented = read.Distinct().Except(Documented()).Except(Internal).ToList();

        undocumented.ShouldBeEmpty();
    }

    private static List<string> Documented() => [.. Row().Matches(File.ReadAllText(Path.Combine(Root(), "docs", "settings.md"))).Select(match => match.Groups[1].Value)];

    private static string Root([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..");

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"""((?:Portico|Accounts|Blobs|Cdn|Web|CosmosDb|AzureOpenAI):[A-Za-z]+)""")]
    private static partial Regex Key();
}
