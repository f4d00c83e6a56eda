using Portico.Links;

namespace App.Tests.Links;

public sealed class LinkCodeTests
{
    [Fact]
    public void New_ManyCodes_AreValidDistinctAndReadable()
    {
        var codes = Enumerable.Range(0, 10_000).Select(_ => LinkCode.New()).ToList();

        codes.ShouldBeUnique();
        codes.ShouldAllBe(code => LinkCode.IsValid(code));
        codes.SelectMany(code => code).Distinct().Intersect("01ilou").ShouldBeEmpty();
        codes.SelectMany(code => code).Distinct().Count().ShouldBe(30, "every letter of the alphabet is used");
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("abcdefg0")]
    [InlineData("ABCDEFGH")]
    [InlineData("abcdefgh2")]
    [InlineData("../../ab")]
    public void IsValid_AnythingElse_IsNot(string code) => LinkCode.IsValid(code).ShouldBeFalse();
}
