using System.Text.RegularExpressions;
using Ensemble.Catalog;

namespace Ensemble.Providers.Simulated;

/// <summary>Decides what a simulated model says: as a judge, by its configured answers, by arithmetic, yes or no, or vaguely.</summary>
/// <param name="style">The model's own draw: each model phrases things in its own way.</param>
/// <param name="draw">The request's draw.</param>
/// <param name="common">The question's draw, which all simulated models share.</param>
internal sealed class SimulatedSpeaker(SimulatedConfig config, SimulatedDraw style, SimulatedDraw draw, SimulatedDraw common)
{
    private const int MaxTopic = 80;
    private const int MaxExpression = 200;
    private const int MaxYesNo = 500;

    private static readonly Regex YesNo = new(
        @"(^|[.!?\n]\s*)(is|are|was|were|am|do|does|did|can|could|will|would|should|shall|may|might|must|has|have|had)\s[^.!?\n]+\?\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
        Regex.InfiniteMatchTimeout);

    /// <summary>Decides over errors: on a question that models err on together, the draw of all of them.</summary>
    private readonly SimulatedDraw _fate = common.Share(SimulatedPurpose.Correlation) < config.Correlation ? common : draw;

    private bool IsRight => _fate.Share(SimulatedPurpose.Accuracy) < config.Accuracy;

    public SimulatedThought Think(string question)
    {
        if (SimulatedJudge.Decide(question) is { } pick)
        {
            return Thought(pick.Text, isRight: true) with { Pick = pick };
        }

        foreach (var answer in config.Answers)
        {
            if (Matches(answer.Match, question))
            {
                return IsRight || answer.Wrong.Count == 0
                    ? Thought(answer.Text, isRight: true)
                    : Thought(answer.Wrong[_fate.Pick(SimulatedPurpose.WrongAnswer, answer.Wrong.Count)], isRight: false);
            }
        }

        if (SimulatedArithmetic.TryFind(question, out var expression, out var result))
        {
            return Thought(Calculation(expression, result), IsRight);
        }

        return YesNo.IsMatch(question.AsSpan(Math.Max(0, question.Length - MaxYesNo)))
            ? Thought(Decision(question), IsRight)
            : Thought(Paragraph(question), isRight: true);
    }

    private SimulatedThought Thought(string text, bool isRight) => SimulatedThought.Of(text, isRight, draw);

    /// <summary>Whether an operator's pattern matches within its time.</summary>
    public static bool Matches(Regex pattern, string question)
    {
        try
        {
            return pattern.IsMatch(question);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private string Calculation(string expression, decimal? result)
    {
        if (result is not { } right)
        {
            return IsRight ? "Division by zero is undefined." : "The answer is 0.";
        }

        var value = SimulatedArithmetic.Format(IsRight ? right : NearMiss(right));
        var named = expression.Length <= MaxExpression ? expression : "It";
        return style.Pick(SimulatedPurpose.Phrase, 5) switch
        {
            0 => $"{named} = {value}.",
            1 => $"The answer is {value}.",
            2 => value,
            3 => $"{named} comes to {value}.",
            _ => $"Worked out step by step, the result is {value}.",
        };
    }

    // The slips of a hurried reckoner: one off, a carry lost. Whole results err by whole numbers.
    private decimal NearMiss(decimal right)
    {
        decimal[] slips = [1, -1, 2, -2, 10, -10];
        var slip = slips[_fate.Pick(SimulatedPurpose.WrongAnswer, slips.Length)];
        return Math.Abs(right) > decimal.MaxValue / 2 ? right / 2 : right + (right == Math.Truncate(right) ? slip : slip / 10);
    }

    private string Decision(string question)
    {
        // All models share the truth, so that a panel can agree on it.
        var truth = (SimulatedDraw.OfText(question).Bits(SimulatedPurpose.Truth) & 1) == 0;
        var word = truth == IsRight ? "Yes" : "No";
        return style.Pick(SimulatedPurpose.Phrase, 3) switch
        {
            0 => $"{word}.",
            1 => word,
            _ => $"{word}, as far as a simulated model can tell.",
        };
    }

    private string Paragraph(string question)
    {
        var topic = Topic(question);
        var opening = style.Pick(SimulatedPurpose.Phrase, 5) switch
        {
            0 => $"On \"{topic}\": this comes from a simulated model, which has no knowledge of its own.",
            1 => $"You asked about \"{topic}\". I am a simulated model, so take this as a stand-in for a real answer.",
            2 => $"Regarding \"{topic}\", a simulated model can only restate the matter.",
            3 => $"\"{topic}\" deserves a real model; this one is simulated.",
            _ => $"Here is what a simulated model makes of \"{topic}\".",
        };
        var detail = draw.Pick(SimulatedPurpose.Detail, 5) switch
        {
            0 => "A full answer would settle the terms first, then weigh the facts, and end with how sure one can be.",
            1 => "A careful reader would ask what the purpose is, which limits apply and what has been tried before.",
            2 => "The main point would come first, a reason for it next, and an exception last.",
            3 => "There are usually two sides to it, and the choice between them depends on the circumstances.",
            _ => "An example would help most, followed by the rule that it shows.",
        };
        return $"{opening} {detail}";
    }

    private static string Topic(string question)
    {
        var line = question.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = (end < 0 ? line : line[..end]).TrimEnd(" .?!:").Trim();
        if (line.Length <= MaxTopic)
        {
            return line.IsEmpty ? "your message" : line.ToString();
        }

        var cut = line[..MaxTopic].LastIndexOf(' ');
        cut = cut > 0 ? cut : MaxTopic - (char.IsHighSurrogate(line[MaxTopic - 1]) ? 1 : 0);
        return $"{line[..cut]}…";
    }
}
