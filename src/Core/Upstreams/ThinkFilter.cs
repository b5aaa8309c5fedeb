using System.Text;

namespace Ensemble.Upstreams;

/// <summary>
/// Cuts a leading <c>&lt;think&gt;…&lt;/think&gt;</c> block, with the white space around it, out of an answer that comes in pieces.
/// Text without such a block passes unchanged, its leading white space too.
/// </summary>
internal sealed class ThinkFilter
{
    private const string Open = "<think>";
    private const string Close = "</think>";

    private enum Part
    {
        Start,
        Thinking,
        After,
        Text,
    }

    private StringBuilder? _space;
    private Part _part;
    private int _matched;

    /// <returns>What of the text so far may be shown and was not yet; often empty.</returns>
    public string Push(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (_part == Part.Text)
            {
                return i == 0 ? text : text[i..];
            }

            if (_part == Part.Start && !IsStart(text[i]))
            {
                return Complete() + text[i..];
            }

            if (_part == Part.After && !char.IsWhiteSpace(text[i]))
            {
                _part = Part.Text;
                return text[i..];
            }

            if (_part == Part.Thinking)
            {
                SeekClose(text[i]);
            }
            else if (_matched == Open.Length)
            {
                (_part, _matched) = (Part.Thinking, 0);
                _space?.Clear();
            }
        }

        return "";
    }

    /// <summary>The text is complete.</summary>
    /// <returns>What was held back because it could have become a tag.</returns>
    public string Complete()
    {
        if (_part != Part.Start)
        {
            return "";
        }

        _part = Part.Text;
        return _space + Open[.._matched];
    }

    private bool IsStart(char next)
    {
        if (_matched == 0 && char.IsWhiteSpace(next))
        {
            (_space ??= new StringBuilder()).Append(next);
            return true;
        }

        if (next != Open[_matched])
        {
            return false;
        }

        _matched++;
        return true;
    }

    private void SeekClose(char next)
    {
        // The tag's first character stands nowhere else in it, so a mismatch never has to go back further than one.
        _matched = next == Close[_matched] ? _matched + 1 : next == Close[0] ? 1 : 0;
        if (_matched == Close.Length)
        {
            _part = Part.After;
        }
    }
}
