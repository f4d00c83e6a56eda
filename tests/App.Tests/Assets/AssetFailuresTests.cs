using Portico.Assets;

namespace App.Tests.Assets;

public sealed class AssetFailuresTests
{
    [Theory]
    [InlineData(AssetKind.Image, 64L << 20, "64 MB")]
    [InlineData(AssetKind.Video, 2L << 30, "2 GB")]
    public void CheckSize_AtTheLimitAndOneByteOver_TellsThemApart(AssetKind kind, long limit, string words)
    {
        AssetFailures.CheckSize(kind, 1).ShouldBeNull();
        AssetFailures.CheckSize(kind, limit).ShouldBeNull();

        var failure = AssetFailures.CheckSize(kind, limit + 1).ShouldNotBeNull();
        failure.Code.ShouldBe("file.too_large");
        failure.Message.ShouldContain($"larger than the {words} allowed");
    }

    [Theory]
    [InlineData(AssetKind.Image)]
    [InlineData(AssetKind.Video)]
    public void CheckSize_NoBytes_IsEmpty(AssetKind kind) => AssetFailures.CheckSize(kind, 0).ShouldNotBeNull().Code.ShouldBe("file.empty");
}
