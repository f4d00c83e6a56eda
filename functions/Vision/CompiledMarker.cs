namespace Portico.Vision;

/// <summary>What <see cref="MarkerCompiler.Compile"/> returns.</summary>
/// <param name="File">The marker file (docs/marker-format.md), at most 25,000 bytes.</param>
/// <param name="Quality">How well a camera will find and follow the picture.</param>
/// <param name="HeatMap">Where it can be held on to.</param>
/// <param name="KeypointCount">Keypoints in the file, 0 to 478.</param>
/// <param name="WidthPx">Width of the image that was compiled.</param>
/// <param name="HeightPx">Height of the image that was compiled.</param>
public sealed record CompiledMarker(byte[] File, MarkerQuality Quality, MarkerHeatMap HeatMap, int KeypointCount, int WidthPx, int HeightPx);

/// <summary>A forecast, not a promise: how well a camera will find and follow the picture.</summary>
/// <param name="Score">0 (can't be tracked) to 100 (found in hard camera views as often as the best pictures are).</param>
/// <param name="Parts">What the score is made of; each is worth showing.</param>
/// <param name="Advice">What to change, in words for the picture's author; empty when nothing is amiss.</param>
public sealed record MarkerQuality(int Score, IReadOnlyList<MarkerQualityPart> Parts, IReadOnlyList<PictureAdvice> Advice);

/// <param name="Name">Stable key: <c>detail</c>, <c>spread</c>, <c>contrast</c>, <c>uniqueness</c>, <c>stability</c>.</param>
/// <param name="Score">0 to 100.</param>
/// <param name="Words">What was found, in plain words.</param>
public sealed record MarkerQualityPart(string Name, int Score, string Words);

/// <param name="Code">Stable: docs/marker-quality.md lists them.</param>
/// <param name="Words">What to do.</param>
public sealed record PictureAdvice(string Code, string Words);

/// <summary>Where on the picture cameras find something to hold on to.</summary>
/// <param name="Columns">Cells across: 16.</param>
/// <param name="Rows">Cells down, by the picture's aspect: 1 to 64.</param>
/// <param name="Cells">0 (nothing) to 255 (plenty), rows from the top.</param>
public sealed record MarkerHeatMap(int Columns, int Rows, byte[] Cells);
