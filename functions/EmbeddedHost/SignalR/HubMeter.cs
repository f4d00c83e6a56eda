using System.Diagnostics.Metrics;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// Counts what Azure SignalR Service would bill: each message in units of 2 KB, once for every connection it goes out
/// to, and once for every message that the service passes to a function.
/// </summary>
internal sealed class HubMeter : IDisposable
{
    public const string MeterName = "Portico.EmbeddedHost.SignalR";
    private const int UnitBytes = 2048;

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _counter;
    private long _units;

    public HubMeter() => _counter = _meter.CreateCounter<long>("portico.signalr.billing_units", "{unit}", "Messages in units of 2 KB, as Azure SignalR Service bills them");

    /// <summary>Units since the host started.</summary>
    public long Units => Interlocked.Read(ref _units);

    public void CountOutbound(int messageBytes, int recipients) => Count("outbound", (long)UnitsOf(messageBytes) * recipients);

    public void CountToFunction(int messageBytes) => Count("to_function", UnitsOf(messageBytes));

    public void Dispose() => _meter.Dispose();

    private static int UnitsOf(int bytes) => Math.Max(1, (bytes + UnitBytes - 1) / UnitBytes);

    private void Count(string direction, long units)
    {
        if (units > 0)
        {
            Interlocked.Add(ref _units, units);
            _counter.Add(units, new KeyValuePair<string, object?>("direction", direction));
        }
    }
}
