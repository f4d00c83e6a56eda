using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Portico.Assets;
using Portico.Http;

namespace App.Tests.Http;

public sealed partial class ErrorCatalogueTests
{
    [Fact]
    public void Docs_HaveExactlyTheCodesOfTheCatalogueAndOfTheAssets()
    {
        var documented = Heading().Matches(Docs()).Select(match => match.Groups[1].Value).ToList();

        documented.ShouldBe([.. ErrorCatalogue.All.Keys, .. AssetFailures.All.Select(kind => kind.Code)], ignoreOrder: true);
        documented.ShouldBeUnique();
    }

    [Fact]
    public void Docs_SayWhatTheCatalogueSays()
    {
        var docs = Docs();
        foreach (var error in ErrorCatalogue.All.Values)
        {
            docs.ShouldContain($"### {error.Code}\n\n**{error.Status}** {error.Title} {error.Remedy}\n", customMessage: error.Code);
        }

        foreach (var kind in AssetFailures.All)
        {
            docs.ShouldContain($"### {kind.Code}\n\n{kind.Docs} *{kind.Message}*\n", customMessage: kind.Code);
        }
    }

    [Fact]
    public void Codes_AreStableNames()
    {
        foreach (var error in ErrorCatalogue.All.Values)
        {
            error.Code.ShouldMatch("^[a-z]+\\.[a-z_]+$");
            error.Status.ShouldBeInRange(400, 599);
        }
    }

    private static string Docs([CallerFilePath] string thisFile = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "errors.md"));

    [GeneratedRegex("^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
