namespace Portico.Vision;

/// <summary>A corner that may become a keypoint of a marker.</summary>
/// <param name="Corner">Where, in pixels of its view.</param>
/// <param name="Orientation">0 to 63.</param>
/// <param name="Descriptor">32 bytes.</param>
/// <param name="Survived">In how many simulated camera views the same corner was found again, 0 to 4.</param>
internal sealed record KeypointCandidate(Corner Corner, byte Orientation, byte[] Descriptor, int Survived);
