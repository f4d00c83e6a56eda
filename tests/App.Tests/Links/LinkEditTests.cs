using Portico.Links;

namespace App.Tests.Links;

public sealed class LinkEditTests
{
    [Theory]
    [InlineData("ast_1", "ast_2", true)]
    [InlineData("ast_1", "ast_1", false)]
    [InlineData("ast_1", " ast_1 ", false)]
    public void TryCheck_TwoTargets_EachPictureOnce(string first, string second, bool isFine) =>
        new LinkEdit("Poster", [new LinkTargetEdit(first, "ast_3"), new LinkTargetEdit(second, "ast_3")]).TryCheck(out _, out _, out _).ShouldBe(isFine);
}
