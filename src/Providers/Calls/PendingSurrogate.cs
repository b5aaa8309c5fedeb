using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>Joins pieces of text between which a character may be cut: the first half of it waits for the next piece.</summary>
internal struct PendingSurrogate
{
    private char _half;

    /// <summary>Whether no half waits.</summary>
    public readonly bool IsEmpty => _half == '\0';

    /// <param name="piece">With halves of characters at its ends only, as <see cref="TextPiece.ReadPiece"/> gives it.</param>
    public string Join(string? piece)
    {
        if (string.IsNullOrEmpty(piece))
        {
            return "";
        }

        if (_half != '\0')
        {
            piece = (char.IsLowSurrogate(piece[0]) ? _half : '\uFFFD') + piece;
            _half = '\0';
        }
        else if (char.IsLowSurrogate(piece[0]))
        {
            piece = string.Concat("\uFFFD", piece.AsSpan(1));
        }

        if (char.IsHighSurrogate(piece[^1]))
        {
            _half = piece[^1];
            piece = piece[..^1];
        }

        return piece;
    }

    /// <summary>No piece follows.</summary>
    /// <returns>What stands for a half that was left alone.</returns>
    public string Complete()
    {
        var rest = _half == '\0' ? "" : "\uFFFD";
        _half = '\0';
        return rest;
    }
}
