using Portico.Assets;

namespace App.Tests.Assets;

public sealed class AssetMessagesTests
{
    [Fact]
    public void WholeFraction_InTheOrderOfSteps_NeverFalls()
    {
        foreach (var steps in new[] { new[] { AssetSteps.Check, AssetSteps.Render, AssetSteps.Compile, AssetSteps.Publish }, [AssetSteps.Check, AssetSteps.Transcode, AssetSteps.Publish] })
        {
            var fractions = steps.SelectMany(step => new[] { 0, 0.5, 1 }.Select(fraction => AssetSteps.WholeFraction(step, fraction))).ToList();

            fractions.ShouldBe(fractions.Order());
            fractions[0].ShouldBe(0);
            fractions[^1].ShouldBe(1);
        }
    }

    [Fact]
    public void SequenceOf_AlongALife_Rises()
    {
        var waiting = NewAsset(AssetStatus.AwaitingUpload, run: 0);
        List<Asset> life =
        [
            waiting,
            NewAsset(AssetStatus.Processing, run: 1, 0),
            NewAsset(AssetStatus.Processing, run: 1, 0.05),
            NewAsset(AssetStatus.Processing, run: 1, 1),
            NewAsset(AssetStatus.Ready, run: 1),
            NewAsset(AssetStatus.Processing, run: 2, 0),
            NewAsset(AssetStatus.Failed, run: 2),
        ];

        var sequences = life.Select(AssetMessages.SequenceOf).ToList();

        sequences.ShouldBe(sequences.Order());
        sequences.ShouldBeUnique();
    }

    private static Asset NewAsset(AssetStatus status, int run, double? fraction = null) => new()
    {
        Id = "ast_1",
        ProjectId = "prj_1",
        Kind = AssetKind.Image,
        Name = "a",
        Status = status,
        Run = run,
        Progress = fraction is { } f ? new AssetProgress(AssetSteps.Check, f) : null,
        Source = new AssetSource("image/jpeg", 1),
        CreatedAt = default,
        UpdatedAt = default,
    };
}
