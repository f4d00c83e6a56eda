using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Portico.EmbeddedHost.Http;

namespace Portico.EmbeddedHost.Tests.Http;

public sealed partial class HostProblemTests
{
    [Fact]
    public void Docs_SayWhatTheHostAnswers()
    {
        var docs = File.ReadAllText(Path.Combine(Repository(), "docs", "errors.md"));
        foreach (var problem in HostProblem.All)
        {
            // Without a title of its own it has the status's: that varies, and so does the status.
            var heading = problem.Title is null ? $"### {problem.Code}\n\n**" : $"### {problem.Code}\n\n**{problem.Status}** {problem.Title} ";
            docs.ShouldContain(heading, customMessage: problem.Code);
        }
    }

    [Fact]
    public void Source_HasNoOtherProblems()
    {
        var codes = from file in Directory.EnumerateFiles(Path.Combine(Repository(), "functions", "EmbeddedHost"), "*.cs", SearchOption.AllDirectories)
                    where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                    from code in Code().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)
                    select code;

        codes.ShouldBe(HostProblem.All.Select(problem => problem.Code), ignoreOrder: true);
    }

    private static string Repository([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));

    [GeneratedRegex("\"((?:request|resource|service|auth|asset|link)\\.[a-z_]+)\"")]
    private static partial Regex Code();
}
