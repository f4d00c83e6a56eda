namespace CrashBenchmark;

/// <summary>Clients that run until they are told to stop. One that fails is a finding.</summary>
public sealed class ClientGroup(Findings findings, CancellationToken cancellation) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private readonly List<Task> _clients = [];

    public void Add(Func<CancellationToken, Task> client) => _clients.Add(Task.Run(async () =>
    {
        try
        {
            await client(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // As told.
        }
        catch (Exception failure)
        {
            findings.Add($"a client failed: {failure}");
        }
    }, CancellationToken.None));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
    }

    public void Dispose() => _stop.Dispose();
}
