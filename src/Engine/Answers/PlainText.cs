using System.Buffers;

namespace Ensemble.Answers;

/// <summary>
/// An answer's text as it is read for what it states: full-width forms as ASCII, every minus as one, groups of digits joined over
/// no-break spaces and apostrophes, LaTeX as plain text, calculator marks gone. Of a longer text only the end is read, since that is where
/// an answer states what it came to. Rented memory: dispose of it.
/// </summary>
internal ref partial struct PlainText
{
    /// <summary>Characters that are read.</summary>
    public const int MaxCharacters = 64 * 1024;

    /// <summary>Stand for <c>\boxed{</c> and the brace that closes it.</summary>
    public const char BoxStart = '\u0001';
    public const char BoxEnd = '\u0002';
    private const int ExtraCharacters = 64;

    /// <summary>Characters of an exponent.</summary>
    private const int MaxPowerLength = 16;

    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create(
        [.. "\\<'’\u00A0\u2009\u202F½¼¾−–—‐‑¹²³\u0001\u0002{}。、・",
         .. Enumerable.Range(0x2070, 16).Select(code => (char)code),
         .. Enumerable.Range(0xFE60, 16).Select(code => (char)code),
         .. Enumerable.Range(0xFF01, 94).Select(code => (char)code)]);

    private readonly char[] _rented;
    private readonly int _limit;
    private int _length;

    /// <summary>Where the power ends that was written last.</summary>
    private int _powerEnd = -1;

    private PlainText(ReadOnlySpan<char> text)
    {
        _rented = ArrayPool<char>.Shared.Rent(text.Length + ExtraCharacters);
        _limit = text.Length + ExtraCharacters;
        Write(text);
    }

    public readonly ReadOnlySpan<char> Span => _rented.AsSpan(0, _length);

    public static PlainText Of(string text) => new(text.AsSpan(Math.Max(0, text.Length - MaxCharacters)).TrimEnd());

    public readonly void Dispose() => ArrayPool<char>.Shared.Return(_rented);

    private void Write(ReadOnlySpan<char> text)
    {
        // What a closing brace stands for, by the command that opened it.
        Span<Brace> braces = stackalloc Brace[MaxDepth];
        var depth = 0;
        var index = 0;
        while (index < text.Length)
        {
            var plain = text[index..].IndexOfAny(SpecialCharacters);
            Copy(text.Slice(index, plain < 0 ? text.Length - index : plain));
            if (plain < 0)
            {
                return;
            }

            index += plain;
            var rest = text[index..];
            var character = text[index++];
            switch (character)
            {
                case '\\':
                    index += LatexCommand(rest, braces, ref depth) - 1;
                    break;
                case '{' when rest.StartsWith("{,}"):
                    Append(',');
                    index += 2;
                    break;
                case '{':
                    Append('{');
                    Open(braces, ref depth, Brace.Plain);
                    break;
                case '}':
                    index += Close(rest, braces, ref depth);
                    break;
                case '<' when rest.StartsWith("<<"):
                    // GSM8K's calculator marks repeat what stands after them: 16-3=<<16-3=13>>13.
                    var end = rest[..Math.Min(rest.Length, 256)].IndexOf(">>");
                    if (end > 0 && rest[..end].IndexOfAny('\n', '\r') < 0)
                    {
                        index += end + 1;
                    }
                    else
                    {
                        Append('<');
                    }

                    break;
                case '\'' or '’' or '\u00A0' or '\u2009' or '\u202F':
                    if (!JoinsDigits(rest))
                    {
                        Append(character is '\'' or '’' ? '\'' : ' ');
                    }

                    break;
                case '½' or '¼' or '¾':
                    AppendFraction(character);
                    break;
                case '−' or '–' or '‐' or '‑' or '\uFE63':
                    Append('-');
                    break;
                case '。':
                    Append('\n');
                    break;
                case '、' or '・':
                    Append(';');
                    break;
                case >= '\uFF01' and <= '\uFF5E':
                    Append(character == '，' ? ';' : (char)(character - 0xFEE0));
                    break;
                case '¹' or '²' or '³' or (>= '\u2070' and <= '\u207B'):
                    AppendPower(character);
                    break;
                case not (BoxStart or BoxEnd):
                    Append(character == '—' ? '-' : character);
                    break;
            }
        }
    }

    private readonly bool JoinsDigits(ReadOnlySpan<char> rest) =>
        _length > 0 && char.IsAsciiDigit(_rented[_length - 1]) && rest.Length > 3 && char.IsAsciiDigit(rest[1])
        && char.IsAsciiDigit(rest[2])
        && char.IsAsciiDigit(rest[3]) && (rest.Length == 4 || !char.IsAsciiDigit(rest[4]));

    private void AppendFraction(char character)
    {
        if (_length + 4 > _limit)
        {
            return;
        }

        if (_length > 0 && char.IsAsciiDigit(_rented[_length - 1]))
        {
            Append(' ');
        }

        Copy(character switch { '½' => "1/2", '¼' => "1/4", _ => "3/4" });
    }

    private void AppendPower(char character)
    {
        if (_length > 0 && char.IsAsciiDigit(_rented[_length - 1]) && !IsPower())
        {
            Append('^');
        }

        Append(character switch { '¹' => '1', '²' => '2', '³' => '3', '⁻' => '-', '⁺' => '+', _ => (char)('0' + (character - '⁰')) });
        _powerEnd = _length;
    }

    private readonly bool IsPower()
    {
        if (_powerEnd == _length)
        {
            return true;
        }

        // One that was written out, as in 10^2³.
        var near = _rented.AsSpan(Math.Max(0, _length - MaxPowerLength), Math.Min(_length, MaxPowerLength));
        return near.TrimEnd("0123456789-+") is [.., '^'];
    }

    private void Copy(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, _limit - _length)];
        text.CopyTo(_rented.AsSpan(_length));
        _length += text.Length;
    }

    private void Append(char character)
    {
        if (_length < _limit)
        {
            _rented[_length++] = character;
        }
    }
}
