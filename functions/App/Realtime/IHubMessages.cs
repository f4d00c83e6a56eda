namespace Portico.Realtime;

/// <summary>
/// Sends messages to the hub <c>portico</c> through Azure SignalR Service's REST data plane, which the
/// embedded host answers too. Messages may be lost; whoever must not miss one catches up from documents.
/// </summary>
public interface IHubMessages
{
    /// <summary>Sends to everybody in the group: <c>project:{id}</c>, <c>account:{id}</c>, <c>session:{id}</c>.</summary>
    Task SendToGroupAsync(string group, string target, object argument, CancellationToken cancellation);
}
