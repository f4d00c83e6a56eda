namespace Portico.Http;

/// <summary>One entry of the catalogue: what a client may branch on, and what a person may read.</summary>
/// <param name="Code">Stable, <c>area.what_happened</c>; <c>code</c> of the problem and the end of its <c>type</c>.</param>
/// <param name="Status">The HTTP status it is always sent with.</param>
/// <param name="Title">The same for every occurrence.</param>
/// <param name="Remedy">For docs/errors.md: when it happens, and what to do.</param>
public sealed record ErrorCode(string Code, int Status, string Title, string Remedy);
