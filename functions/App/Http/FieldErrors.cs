namespace Portico.Http;

/// <summary>Collects what is wrong with a request, field by field, so that the caller learns it all at once.</summary>
public sealed class FieldErrors
{
    private readonly SortedDictionary<string, IReadOnlyList<string>> _byField = new(StringComparer.Ordinal);

    public bool Any => _byField.Count > 0;

    public void Add(string field, string message) =>
        _byField[field] = _byField.TryGetValue(field, out var messages) ? [.. messages, message] : [message];

    /// <summary>The value trimmed, if it is there and within its limits; else an error is noted and "" returned.</summary>
    public string Text(string field, string? value, int maxLength, int minLength = 1)
    {
        var text = value?.Trim() ?? "";
        if (text.Length == 0 && minLength > 0)
        {
            Add(field, "Required.");
        }
        else if (text.Length < minLength || text.Length > maxLength)
        {
            Add(field, minLength > 1 ? $"Must have {minLength} to {maxLength} characters." : $"Must have at most {maxLength} characters.");
        }
        else if (text.Any(char.IsControl) || HasLoneSurrogate(text))
        {
            Add(field, "Must not contain control characters.");
        }

        return text;
    }

    /// <summary>The answer that names every field.</summary>
    public Problem ToProblem() => new(ErrorCatalogue.InvalidRequest) { Errors = _byField };

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
