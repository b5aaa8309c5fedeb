using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ensemble.Providers.Simulated;

/// <summary>
/// Recognises the fenced candidates of a judge's prompt and agrees with most of them: candidates are of one opinion where
/// their last numbers are equal or, without numbers, their words.
/// </summary>
internal static class SimulatedJudge
{
    private const string Candidate = "candidate ";

    // Linear in the text, which is a caller's.
    private static readonly Regex Number = new(
        @"-?[0-9]+(,[0-9]{3})*(\.[0-9]+)?",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
        Regex.InfiniteMatchTimeout);

    /// <returns>The first candidate of the largest group, of several the first; null where the text holds no candidates.</returns>
    public static SimulatedPick? Decide(string prompt)
    {
        var candidates = SimulatedSection.ReadAll(prompt)
            .Where(fence => fence.Name.StartsWith(Candidate, StringComparison.Ordinal))
            .Select((fence, position) => new SimulatedPick(fence.Name[Candidate.Length..], position, fence.Text));
        return candidates.GroupBy(candidate => Opinion(candidate.Text)).MaxBy(group => group.Count())?.First();
    }

    /// <summary>What a text comes down to.</summary>
    public static string Opinion(string text)
    {
        if (LastNumber(text) is { } number)
        {
            return number.ToString("0.##########", CultureInfo.InvariantCulture);
        }

        var words = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (char.IsLetterOrDigit(character))
            {
                words.Append(char.ToLowerInvariant(character));
            }
            else if (words.Length > 0 && words[^1] != ' ')
            {
                words.Append(' ');
            }
        }

        return words.ToString().TrimEnd();
    }

    public static decimal? LastNumber(string text)
    {
        decimal? last = null;
        foreach (var match in Number.EnumerateMatches(text))
        {
            // The hyphen of "3-5" is no sign, and the 2 of "v2" no number.
            var (start, length) = (match.Index, match.Length);
            if (start > 0 && char.IsLetterOrDigit(text[start - 1]))
            {
                if (text[start] != '-')
                {
                    continue;
                }

                (start, length) = (start + 1, length - 1);
            }

            if (decimal.TryParse(text.AsSpan(start, length), NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
            {
                last = number;
            }
        }

        return last;
    }
}
