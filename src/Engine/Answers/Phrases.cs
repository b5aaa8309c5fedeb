using System.Buffers;
using System.Text;

namespace Ensemble.Answers;

/// <summary>
/// Phrases that texts are searched for, whatever their case. The runtime compares several characters at once only where every phrase is of
/// ASCII and has two at least; the others are looked for only in texts that have a character of theirs.
/// </summary>
internal sealed class Phrases
{
    private readonly SearchValues<string> _all;
    private readonly SearchValues<string> _ascii;
    private readonly SearchValues<char> _hints;

    private Phrases(string[] phrases)
    {
        var others = phrases.Where(static phrase => phrase.Length < 2 || !Ascii.IsValid(phrase)).ToArray();
        _all = Search(phrases);
        _ascii = Search(phrases.Except(others));
        _hints = SearchValues.Create(
            [.. others.Select(Hint).SelectMany(static hint => (char[])[char.ToLowerInvariant(hint), char.ToUpperInvariant(hint)])]);
    }

    public static Phrases Of(params string[] phrases) => new(phrases);

    /// <returns>The values that find the first phrase of this text, or of any part of it, as <see cref="Phrases"/> does.</returns>
    public SearchValues<string> For(ReadOnlySpan<char> text) => text.ContainsAny(_hints) ? _all : _ascii;

    public bool IsIn(ReadOnlySpan<char> text) => text.ContainsAny(For(text));

    // Lower and upper case of the same character: a phrase is in a text only where one of the two is.
    private static char Hint(string phrase) => phrase.FirstOrDefault(static character => !char.IsAscii(character), phrase[0]);

    private static SearchValues<string> Search(IEnumerable<string> phrases) =>
        SearchValues.Create([.. phrases], StringComparison.OrdinalIgnoreCase);
}
