using System.Net;

namespace CrashBenchmark;

/// <summary>Clients that write and read numbers over HTTP, one after the other.</summary>
public sealed class NoteLoad(Caller caller, Ledger ledger, Findings findings)
{
    private const int NotesPerClient = 10;

    /// <param name="client">Each client has names of its own.</param>
    public async Task RunAsync(int client, Random random, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var name = $"http-{client}-{random.Next(NotesPerClient)}";
            var known = ledger.Of(name);
            if (random.Next(4) == 0)
            {
                Check(name, known, await ReadAsync(caller, name, stopping));
                continue;
            }

            ledger.Sending(name, known.Sent + 1);
            var answer = await caller.CallAsync("PUT", $"notes/{name}/{known.Sent + 1}", null, stopping);
            if (answer.Status != HttpStatusCode.NoContent)
            {
                findings.Add($"PUT of note {name} answered {answer.Status}: {answer.Text}");
                return;
            }

            ledger.Acknowledged(name, known.Sent + 1);
        }
    }

    /// <summary>The stored number; null when there is none.</summary>
    public static async Task<long?> ReadAsync(Caller caller, string name, CancellationToken cancellation)
    {
        var answer = await caller.CallAsync("GET", $"notes/{name}", null, cancellation);
        return answer.Status == HttpStatusCode.NotFound ? null : answer.Json.GetInt64();
    }

    private void Check(string name, Ledger.Entry known, long? read)
    {
        if ((read ?? 0) < known.Acknowledged || (read ?? 0) > known.Sent)
        {
            findings.Add($"read of {name} was {read?.ToString() ?? "absent"}: {known.Acknowledged} was acknowledged, {known.Sent} sent");
        }
    }
}
