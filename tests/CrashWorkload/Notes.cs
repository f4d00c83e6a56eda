using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;

namespace CrashWorkload;

/// <summary>A number under a name.</summary>
public sealed record Note(string Id, long Value) : IDocument
{
    public static readonly DocumentType<Note> Documents = new("notes", "/id", "note");

    [JsonIgnore]
    public string PartitionKey => Id;
}

/// <summary>Whether notes are acknowledged before they are written: the fault that the verifier has to find.</summary>
public sealed record NoteHonesty(bool AcknowledgesEarly);

/// <summary>
/// Durable writes over HTTP and over the hub. Everybody who listens is told of each, after it is written: what was told,
/// like what was acknowledged, is there.
/// </summary>
public sealed class Notes(IDocumentStore documents, NoteHonesty honesty)
{
    public const string Hub = "notes";

    [Function(nameof(PutNote))]
    public async Task<NoteWritten> PutNote([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "notes/{id}/{value:long}")] HttpRequest request, string id, long value)
    {
        await WriteAsync(new(id, value));
        return new NoteWritten { Response = Results.NoContent(), Message = new("noted", [id, value]) };
    }

    [Function(nameof(GetNote))]
    public async Task<IResult> GetNote([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "notes/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        await documents.GetAsync(Note.Documents, id, id, cancellation) is { } found ? Results.Ok(found.Document.Value) : Results.NotFound();

    [Function(nameof(Negotiate))]
    public IResult Negotiate([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "negotiate")] HttpRequest request, [SignalRConnectionInfoInput(HubName = Hub)] SignalRConnectionInfo connection) =>
        Results.Ok(connection);

    /// <summary>A client that calls it waits for what it returns: that is the acknowledgement.</summary>
    [Function(nameof(NoteOverHub))]
    public async Task<long> NoteOverHub([SignalRTrigger(Hub, "messages", "note", "id", "value")] SignalRInvocationContext context, string id, long value)
    {
        await WriteAsync(new(id, value));
        return value;
    }

    private Task WriteAsync(Note note)
    {
        if (!honesty.AcknowledgesEarly)
        {
            return documents.UpsertAsync(Note.Documents, note, CancellationToken.None);
        }

        _ = Task.Run(async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            await documents.UpsertAsync(Note.Documents, note, CancellationToken.None);
        });
        return Task.CompletedTask;
    }
}

/// <summary>The answer, and what everybody is told.</summary>
public sealed class NoteWritten
{
    [HttpResult]
    public required IResult Response { get; init; }

    [SignalROutput(HubName = Notes.Hub)]
    public required SignalRMessageAction Message { get; init; }
}
