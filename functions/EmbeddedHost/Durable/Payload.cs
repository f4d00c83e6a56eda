using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;

namespace Portico.EmbeddedHost.Durable;

/// <summary>What histories hold as text: values within the stated limits, and failures.</summary>
internal static class Payload
{
    /// <summary>Longest message and longest stack trace of a failure. An exception may carry a whole file in its message.</summary>
    private const int MaxFailureTextChars = 32 * 1024;

    /// <summary>Failures within failures that are kept: each orchestration that passes one on adds a layer.</summary>
    private const int MaxInnerFailures = 20;

    /// <summary>JSON of a value, null of null.</summary>
    /// <param name="what">Names the value in the error.</param>
    /// <exception cref="ArgumentException">It is larger than <see cref="DurableEngineOptions.MaxPayloadBytes"/>.</exception>
    public static string? Serialize(DataConverter converter, object? value, string what)
    {
        var json = converter.Serialize(value);
        ThrowIfTooLarge(json, what);
        return json;
    }

    /// <inheritdoc cref="Serialize"/>
    public static void ThrowIfTooLarge(string? json, string what)
    {
        // UTF-8 takes at most three bytes a UTF-16 character: short texts needn't be counted.
        if (json is not null
            && json.Length > DurableEngineOptions.MaxPayloadBytes / 3
            && Encoding.UTF8.GetByteCount(json) is var bytes and > DurableEngineOptions.MaxPayloadBytes)
        {
            throw new ArgumentException(
                $"The {what} has {bytes:N0} bytes; histories take at most {DurableEngineOptions.MaxPayloadBytes:N0}. Put it into a blob and pass a reference.");
        }
    }

    /// <summary>JSON of a custom status, null of null.</summary>
    /// <exception cref="ArgumentException">It is longer than the official limit.</exception>
    public static string? SerializeCustomStatus(DataConverter converter, object? status)
    {
        var json = converter.Serialize(status);
        return json?.Length > DurableEngineOptions.MaxCustomStatusChars
            ? throw new ArgumentException($"The custom status has {json.Length:N0} characters of JSON; at most {DurableEngineOptions.MaxCustomStatusChars:N0} are kept.")
            : json;
    }

    /// <summary>JSON of failure details. What makes a failure readable is kept of over-long texts: their beginning.</summary>
    public static string SerializeFailure(TaskFailureDetails failure) => JsonSerializer.Serialize(Shortened(failure, depth: 0));

    private static TaskFailureDetails Shortened(TaskFailureDetails failure, int depth) => failure with
    {
        ErrorMessage = Shortened(failure.ErrorMessage)!,
        StackTrace = Shortened(failure.StackTrace),
        InnerFailure = failure.InnerFailure is null || depth == MaxInnerFailures ? null : Shortened(failure.InnerFailure, depth + 1),
    };

    private static string? Shortened(string? text) => text?.Length > MaxFailureTextChars ? text[..MaxFailureTextChars] + "…" : text;

    /// <summary>Failure details of JSON.</summary>
    public static TaskFailureDetails DeserializeFailure(string? json) =>
        json is null ? new("(unknown)", "(unknown)", null, null, null) : JsonSerializer.Deserialize<TaskFailureDetails>(json)!;
}
