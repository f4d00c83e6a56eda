namespace Portico.Operations;

/// <summary>The app cannot start, for a reason that its operator can mend: the message says which setting to look at, and holds no secret.</summary>
public sealed class StartUpException(string message) : Exception(message);
