using System.Net.WebSockets;
using System.Text.Json;

namespace CrashBenchmark;

/// <summary>
/// A client that writes notes by calling the hub, whose answer is the acknowledgement, and hears of those that others
/// write. It connects again whenever its host dies.
/// </summary>
public sealed class HubLoad(Caller caller, Ledger ledger, Findings findings)
{
    private const int NotesPerClient = 5;
    private long _messages;

    /// <summary>How many messages were heard.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    public async Task RunAsync(int client, Random random, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var negotiated = await caller.CallAsync("POST", "negotiate", null, stopping);
                await using var connection = await HubConnection.ConnectAsync(await caller.OriginAsync(stopping), negotiated.Json, Hear, stopping);
                while (true)
                {
                    await WriteAsync(connection, $"hub-{client}-{random.Next(NotesPerClient)}", stopping);
                }
            }
            catch (WebSocketException)
            {
                await Task.Delay(10, stopping);
            }
        }
    }

    private async Task WriteAsync(HubConnection connection, string name, CancellationToken stopping)
    {
        // What got no answer before is sent again: the same number.
        var known = ledger.Of(name);
        var value = known.Acknowledged + 1;
        ledger.Sending(name, value);
        var answer = await connection.AskAsync("note", [name, value], stopping);
        if (answer.TryGetProperty("error", out var error))
        {
            findings.Add($"note {name} over the hub was refused: {error}");
        }
        else
        {
            ledger.Acknowledged(name, value);
        }

        // One by one is load enough; the host has more to do.
        await Task.Delay(5, stopping);
    }

    private void Hear(string target, JsonElement arguments)
    {
        if (target == "noted")
        {
            Interlocked.Increment(ref _messages);
            ledger.Shown(arguments[0].GetString()!, arguments[1].GetInt64());
        }
    }
}
