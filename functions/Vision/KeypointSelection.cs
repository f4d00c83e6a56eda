namespace Portico.Vision;

/// <summary>
/// Picks the keypoints that go into a marker: the most stable first, spread over the picture. The distance kept
/// between keypoints halves until the budget is used up (after Brown, Szeliski and Winder's adaptive non-maximal
/// suppression, CVPR 2005).
/// </summary>
internal static class KeypointSelection
{
    public static List<KeypointCandidate> Pick(GrayImage image, List<KeypointCandidate> candidates, int budget)
    {
        var ranked = candidates
            .OrderByDescending(c => c.Survived).ThenByDescending(c => c.Corner.Score)
            .ThenBy(c => c.Corner.Y).ThenBy(c => c.Corner.X)
            .ToArray();
        var picked = new List<KeypointCandidate>(budget);
        var taken = new bool[ranked.Length];
        int spacing = (int)Math.Sqrt((double)image.Width * image.Height / Math.Max(budget, 1));
        for (; spacing >= 2; spacing /= 2)
        {
            for (int i = 0; i < ranked.Length && picked.Count < budget; i++)
            {
                if (taken[i] || ranked[i].Survived == 0 || !IsFree(picked, ranked[i].Corner, spacing))
                    continue;
                taken[i] = true;
                picked.Add(ranked[i]);
            }
        }
        return picked;
    }

    private static bool IsFree(List<KeypointCandidate> picked, Corner corner, int spacing)
    {
        foreach (var other in picked)
        {
            int dx = other.Corner.X - corner.X, dy = other.Corner.Y - corner.Y;
            if (dx * dx + dy * dy < spacing * spacing)
                return false;
        }
        return true;
    }
}
