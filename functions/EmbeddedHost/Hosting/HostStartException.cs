namespace Portico.EmbeddedHost.Hosting;

/// <summary>The host cannot start, for a reason that its user can mend: the message says how.</summary>
public sealed class HostStartException(string message) : Exception(message);
