using System.Text;

namespace Ensemble.Providers.Calls;

/// <summary>Text that comes in pieces. A single piece, as of every answer that is not streamed, is not copied.</summary>
internal struct TextAccumulator
{
    private string? _first;
    private StringBuilder? _all;

    public readonly int Length => _all?.Length ?? _first?.Length ?? 0;

    /// <summary>Null where no text came.</summary>
    public readonly string? OrNull => _all?.ToString() ?? _first;

    public void Append(string? piece)
    {
        if (string.IsNullOrEmpty(piece))
        {
            return;
        }

        if (_first is null)
        {
            _first = piece;
            return;
        }

        _all ??= new StringBuilder(_first);
        _all.Append(piece);
    }

    public override readonly string ToString() => OrNull ?? "";
}
