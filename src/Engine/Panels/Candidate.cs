using Ensemble.Answers;
using Ensemble.Upstreams;

namespace Ensemble.Panels;

/// <summary>
/// A usable answer of a panel. Ballots are counted again with each answer that comes, so what a candidate says, and whether it has the
/// caller's format, is found out once. Any number of threads may use it.
/// </summary>
/// <param name="key">Whose it is.</param>
/// <param name="weight">What it counts in a vote.</param>
internal sealed class Candidate(SubCallKey key, ChatAnswer answer, double weight)
{
    private Cached<AnswerReader, TypedAnswer?>? _typed;
    private Cached<AnswerFormat, bool>? _fits;

    public SubCallKey Key => key;

    public ChatAnswer Answer => answer;

    public double Weight => weight;

    public string Text => answer.Content;

    /// <returns>Null where it says nothing that could be counted.</returns>
    public TypedAnswer? Typed(AnswerReader reader)
    {
        var found = _typed;
        if (found?.By != reader)
        {
            _typed = found = new(reader, reader.Read(answer));
        }

        return found.Value;
    }

    /// <summary>Whether it has the caller's format; a tool call needs none.</summary>
    public bool MatchesFormat(AnswerFormat format)
    {
        var found = _fits;
        if (found?.By != format)
        {
            _fits = found = new(format, answer.CallsTools || format.Accepts(Text) != false);
        }

        return found.Value;
    }

    private sealed record Cached<TBy, TValue>(TBy By, TValue Value);
}
