using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// SignalR's JSON protocol, with every call of a client directed to <see cref="RelayHub.Relay"/>: which methods exist is
/// known to the functions, not to a hub class.
/// </summary>
internal sealed class RelayProtocol(IOptions<JsonHubProtocolOptions> options) : IHubProtocol
{
    private const byte EndOfMessage = 0x1E;
    private const int Invocation = 1;

    private readonly JsonHubProtocol _json = new(options);

    public string Name => _json.Name;

    public int Version => _json.Version;

    public TransferFormat TransferFormat => _json.TransferFormat;

    public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _json.WriteMessage(message, output);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _json.GetMessageBytes(message);

    /// <exception cref="InvalidDataException">The client sent something that is not a message; its connection is closed.</exception>
    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        if (input.PositionOf(EndOfMessage) is not { } end)
        {
            message = null;
            return false;
        }

        if (TryReadCall(input.Slice(0, end)) is not { } call)
        {
            return _json.TryParseMessage(ref input, binder, out message);
        }

        input = input.Slice(input.GetPosition(1, end));
        message = call;
        return true;
    }

    private static InvocationMessage? TryReadCall(ReadOnlySequence<byte> frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.Number || type.GetInt32() != Invocation)
            {
                return null;
            }

            if (!root.TryGetProperty("target", out var target) || target.ValueKind != JsonValueKind.String
                || !root.TryGetProperty("arguments", out var arguments) || arguments.ValueKind != JsonValueKind.Array
                || (root.TryGetProperty("streamIds", out var streams) && streams.ValueKind == JsonValueKind.Array && streams.GetArrayLength() > 0))
            {
                throw new InvalidDataException("An invocation needs a target and arguments, and streams nothing.");
            }

            var invocationId = root.TryGetProperty("invocationId", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
            return new InvocationMessage(invocationId, nameof(RelayHub.Relay), [target.GetString(), arguments.EnumerateArray().Select(argument => argument.Clone()).ToArray()]);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw new InvalidDataException("The message is not JSON.", failure);
        }
    }
}
