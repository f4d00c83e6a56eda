namespace Portico.Documents;

/// <summary>
/// A continuation that this query did not hand out: it is cut off, made up, or belongs to another query or
/// partition. Since clients hand cursors back, their error; mapped to 400 <c>request.invalid_cursor</c>.
/// </summary>
public sealed class InvalidContinuationException() : ArgumentException("The cursor does not belong to this list. Start again without it.");
