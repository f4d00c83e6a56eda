using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Portico.Http;

namespace Portico.Links;

/// <summary>What members may write of a link.</summary>
public sealed record LinkEdit(string? Title, IReadOnlyList<LinkTargetEdit?>? Targets)
{
    private const int MaxTargets = 10;

    public static LinkEdit Of(Link link) => new(link.Title, [.. link.Targets.Select(target => new LinkTargetEdit(target.ImageAssetId, target.ContentAssetId))]);

    /// <summary>Title and targets within their limits, or the problem. Whether the assets fit is the publisher's to say.</summary>
    public bool TryCheck([NotNullWhen(true)] out string? title, [NotNullWhen(true)] out IReadOnlyList<LinkTarget>? targets, [NotNullWhen(false)] out IResult? problem)
    {
        var errors = new FieldErrors();
        var checkedTitle = errors.Text("title", Title, maxLength: 120);
        if (Targets is not { Count: > 0 })
        {
            errors.Add("targets", "Required.");
        }
        else if (Targets.Count > MaxTargets)
        {
            errors.Add("targets", $"At most {MaxTargets}.");
        }
        else
        {
            for (var i = 0; i < Targets.Count; i++)
            {
                errors.Text($"targets[{i}].imageAssetId", Targets[i]?.ImageAssetId, maxLength: 100);
                errors.Text($"targets[{i}].contentAssetId", Targets[i]?.ContentAssetId, maxLength: 100);
            }

            // One picture can only start one thing.
            if (Targets.GroupBy(target => target?.ImageAssetId?.Trim(), StringComparer.Ordinal).Any(sharing => sharing.Count() > 1))
            {
                errors.Add("targets", "Each picture may appear once.");
            }
        }

        problem = errors.Any ? errors.ToProblem() : null;
        title = errors.Any ? null : checkedTitle;
        targets = errors.Any ? null : [.. Targets!.Select(target => new LinkTarget(target!.ImageAssetId!.Trim(), target.ContentAssetId!.Trim()))];
        return !errors.Any;
    }

    /// <summary>Why these targets can't be published.</summary>
    public static IResult ProblemOf(PreparedTargets prepared) => prepared.Unready is { } asset
        ? Problem.Of(ErrorCatalogue.AssetNotReady, $"“{asset.Name}” is {(asset.Status == Assets.AssetStatus.Failed ? "failed" : "not ready yet")}.")
        : Problem.Field(prepared.Field!, prepared.Message!);
}

public sealed record LinkTargetEdit(string? ImageAssetId, string? ContentAssetId);
