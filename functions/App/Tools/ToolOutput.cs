using System.Text;

namespace Portico.Tools;

/// <summary>Standard output, bounded: kept as text, or cut into lines for a callback.</summary>
internal sealed class OutputText(Action<string>? onLine)
{
    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource _overflowed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when more came than is kept.</summary>
    public Task Overflowed => _overflowed.Task;

    /// <returns>False when nothing more is wanted.</returns>
    public bool Add(ReadOnlyMemory<char> characters)
    {
        _text.Append(characters);
        if (onLine is not null)
        {
            HandOverLines();
        }

        if (_text.Length <= ToolLimits.MaxOutputCharacters)
        {
            return true;
        }

        _overflowed.TrySetResult();
        return false;
    }

    /// <summary>Hands over a last line that has no line end.</summary>
    public void Finish()
    {
        if (onLine is not null && _text.Length > 0)
        {
            onLine(_text.ToString());
            _text.Clear();
        }
    }

    public override string ToString() => _text.ToString();

    private void HandOverLines()
    {
        var text = _text.ToString();
        var start = 0;
        for (int end; (end = text.IndexOf('\n', start)) >= 0; start = end + 1)
        {
            onLine!(text[start..end].TrimEnd('\r'));
        }

        _text.Remove(0, start);
    }
}

/// <summary>The end of standard error.</summary>
internal sealed class ErrorTail
{
    private readonly StringBuilder _text = new();

    public bool Add(ReadOnlyMemory<char> characters)
    {
        _text.Append(characters);
        if (_text.Length > ToolLimits.MaxErrorCharacters)
        {
            _text.Remove(0, _text.Length - ToolLimits.MaxErrorCharacters);
        }

        return true;
    }

    public override string ToString() => _text.ToString().Trim();
}
