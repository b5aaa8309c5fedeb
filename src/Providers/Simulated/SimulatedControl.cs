using System.Text.RegularExpressions;
using Ensemble.Catalog;

namespace Ensemble.Providers.Simulated;

/// <summary>
/// What a simulated model thinks where it is asked not for an answer, but to pick one, to audit, to plan or to say how sure it is. Such
/// a question is one message, and known by the name of its schema.
/// </summary>
/// <param name="draw">The request's draw.</param>
internal sealed class SimulatedControl(SimulatedConfig config, SimulatedDraw draw, string prompt)
{
    private const int MaxNote = 80;

    private readonly List<SimulatedSection> _fences = SimulatedSection.ReadAll(prompt);

    /// <returns>Null where it is a question like any other; the answer to "route" is one, so that configured answers decide it.</returns>
    public SimulatedThought? Think(string? name) => name switch
    {
        "pick" => Thought("The first one.", isRight: true) with { Pick = SimulatedJudge.Decide(prompt) ?? new SimulatedPick("", 0, "") },
        "audit" => Audit(),
        "plan" => Thought(Note(Question), isRight: true) with { IsPlan = true },
        "confidence" => Confidence(),
        "analysis" => Analysis(),
        _ => null,
    };

    /// <summary>What is asked about: the newest fenced answer, else the newest of what is fenced, else all.</summary>
    private string Answer => _fences.FindLast(IsAnswer) is { Name: not null } answer ? answer.Text
        : _fences.Count > 0 ? _fences[^1].Text
        : prompt;

    /// <summary>What the answer was to: the newest fenced message of the user, else the first of what else is fenced, else all.</summary>
    private string Question => _fences.FindLast(fence => fence.Name == "user message") is { Name: not null } message ? message.Text
        : _fences.Find(fence => !IsAnswer(fence)) is { Name: not null } question ? question.Text
        : prompt;

    private static bool IsAnswer(SimulatedSection fence) =>
        fence.Name.StartsWith("answer", StringComparison.OrdinalIgnoreCase)
        || fence.Name.StartsWith("candidate", StringComparison.OrdinalIgnoreCase)
        || fence.Name.StartsWith("draft", StringComparison.OrdinalIgnoreCase);

    private SimulatedThought Audit() => Answer.Contains("WRONG", StringComparison.Ordinal)
        ? Thought("The answer contains the word WRONG.", isRight: false)
        : Thought("The answer holds.", isRight: true);

    private SimulatedThought Confidence()
    {
        var isRight = IsRight() ?? true;
        return Thought(isRight ? "The answer holds." : "The answer may be mistaken.", isRight);
    }

    private SimulatedThought Analysis()
    {
        var candidates = _fences.FindAll(IsAnswer);
        var pick = SimulatedJudge.Decide(prompt);
        var dissent = pick is null
            ? 0
            : candidates.Count(candidate => SimulatedJudge.Opinion(candidate.Text) != SimulatedJudge.Opinion(pick.Text));
        return Thought("A simulated model sees none.", isRight: true) with
        {
            Notes = new Dictionary<string, string>
            {
                ["consensus"] = Note(pick?.Text ?? Question),
                ["contradictions"] = dissent == 0 ? "" : $"{dissent} of {candidates.Count} candidates differ from the rest.",
            },
        };
    }

    /// <returns>Null where it cannot be told.</returns>
    private bool? IsRight()
    {
        var known = config.Answers.FirstOrDefault(answer => Matches(answer.Match, Question));
        if (known is not null)
        {
            return SimulatedJudge.Opinion(Answer) == SimulatedJudge.Opinion(known.Text);
        }

        return SimulatedArithmetic.TryFind(Question, out _, out var result) && result is { } right
            ? SimulatedArithmetic.Format(SimulatedJudge.LastNumber(Answer) ?? decimal.MaxValue) == SimulatedArithmetic.Format(right)
            : null;
    }

    private SimulatedThought Thought(string text, bool isRight) => SimulatedThought.Of(text, isRight, draw);

    private static bool Matches(Regex pattern, string text) => SimulatedSpeaker.Matches(pattern, text);

    private static string Note(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end].TrimEnd();
        return line.Length <= MaxNote ? line.ToString() : $"{line[..(MaxNote - (char.IsHighSurrogate(line[MaxNote - 1]) ? 1 : 0))]}…";
    }
}
