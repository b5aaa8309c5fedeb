using System.Diagnostics;
using System.Text.Json;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Judging;
using Ensemble.Strategies;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Answers;

/// <summary>What reads texts of models and callers takes time in proportion to their length, whatever they repeat.</summary>
public sealed class GrowthTests
{
    private const int Short = 8 * 1024;
    private const int Long = 64 * 1024;

    private const int Times = Long / Short;

    /// <summary>A reading that is over so soon is no matter, however it grows.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(15);

    /// <summary>Of the time for a long text over that for as many short ones: 1 where work is linear, 8 where it is quadratic.</summary>
    private const double MostGrowth = 3;

    /// <summary>
    /// The least of so many comparisons counts: a machine that does something else meanwhile makes one larger, never all.
    /// </summary>
    private const int Rounds = 12;

    private const int Seed = 20_411;
    private const int Mixtures = 60;

    /// <summary>What the readers look for, of each kind something, and what stands around it.</summary>
    private static readonly string[] Pieces =
    [
        " ", "\n", "\t", "a", "A", "x", "i", "1", "0", "12", "2024-01-01", "12:30", "1,234.5", "1/2", ".", ",", ";", ":", "?", "!", "=",
        "≈", "+", "-", "*", "/", "%", "$", "€", "^", "_", "~", "(", ")", "[", "]", "{", "}", "<", ">", "<<", ">>", "|", "\\", "'", "’",
        "\"", "`", "```", "**", "#", "####", "•", "→", "²", "³", "⁻", "½", "−", "，", "。", "、", "９", "Ａ", "\u00A0", "\u0001", "\u0002",
        "\\boxed{", "\\frac{", "\\text{", "}{", "\\left", "{,}", "the ", "answer", "answer is ", "Answer:", "\nA:", "A)", "(A)", "[A]",
        "A. ", "a) ", "**A**", "option ", "choose ", "go with ", "is ", "isn't ", "not ", "if ", "but ", "and ", "or ", "so ",
        "therefore ", "wrong ", "correct ", "best ", "yes", "no ", "true", "it's ", "I'm ", "I can't ", "sorry ", "don't know ",
        "result", "million ", "percent ", "per cent ", "how many ", "what is ", "which ", "yes or no ", "答案", "答え", "答:", "是", "は", "中",
        "あ", "정답", "ไทย", "ответ", "и", "é", "😀", "है", "x1", "1.", "a'", "a-", "</b>", ">", "http://a", "{\"a\":", "[1,", "\\\"",
        "\\ud800",
    ];

    /// <summary>Nothing, and beginnings and ends that readers wait for.</summary>
    private static readonly (string Before, string After)[] Around =
        [("", ""), ("The answer is ", ""), ("Which is it? (A) one (B) two\n", " The answer is B.")];

    private static readonly (string Name, Action<string> Read)[] Readers = [.. Make()];

    public static TheoryData<string> Names => [.. Readers.Select(reader => reader.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_EightTimesTheText_TakesNoMoreThanInProportion(string name)
    {
        var read = Readers.Single(reader => reader.Name == name).Read;
        var random = new Random(Seed);
        var mixtures = Enumerable.Range(0, Mixtures)
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 4)).Select(_ => Pieces[random.Next(Pieces.Length)])));
        var grown = new List<string>();
        read(Text("a ", Long));

        foreach (var repeat in Pieces.Concat(mixtures))
        {
            var (before, after) = Around[random.Next(Around.Length)];
            var text = before + Text(repeat, Long - before.Length - after.Length) + after;
            if (Time(read, text, 1) > Soon && Growth(read, before + Text(repeat, Short - before.Length - after.Length) + after, text) is > MostGrowth and var growth)
            {
                grown.Add($"{JsonSerializer.Serialize(before + repeat + after)}: {growth:0.0} times as long for each character");
            }
        }

        grown.ShouldBeEmpty();
    }

    private static IEnumerable<(string Name, Action<string> Read)> Make()
    {
        string[] questions = ["Which? (A) one (B) two", "How many percent?", "Is it so?", "Tell me."];
        var asked = questions.Select(question => (AnswerType.Auto, question)).Concat(Enum.GetValues<AnswerType>().Select(type => (type, questions[0])));
        foreach (var (type, question) in asked.Distinct())
        {
            var reader = AnswerReader.For(Asking(question), type, tools: false);
            yield return ($"{type} for {question}", text => reader.Read(new ChatAnswer(text, "stop")));
        }

        yield return ("question", text => Question.Of(Asking(text), withNumbers: true));
        yield return ("words", text => RouteMatch.CountWords(text));
        yield return ("clusters", text => AnswerClusters.Of([text, text + "a", "b"], [1, 1, 1]).Best());
        yield return ("cut", text => MiddleTruncation.Fit(text, text.Length / 8));
        yield return ("json object", text => AnswerFormat.Of(Wanting("""{"type":"json_object"}""")).Accepts(text));
        var schema = """{"type":"json_schema","json_schema":{"schema":{"items":{"enum":[1,"a"]}}}}""";
        yield return ("json schema", text => AnswerFormat.Of(Wanting(schema)).Accepts(text));
        yield return ("control reply", text => ControlSchema.OneOf("pick", "pick", ["A", "B"]).Read(text));
        yield return ("fence", text => Delimiter.Around([text], new Random(1)));
    }

    private static ChatRequest Asking(string text) =>
        RunBench.Parse($$"""{"model":"a","messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]}""");

    private static ChatRequest Wanting(string format) =>
        RunBench.Parse($$"""{"model":"a","messages":[{"role":"user","content":"?"}],"response_format":{{format}}}""");

    private static string Text(string repeat, int length) =>
        string.Concat(Enumerable.Repeat(repeat, (length / repeat.Length) + 1))[..length];

    private static double Growth(Action<string> read, string few, string many)
    {
        var least = double.MaxValue;
        for (var round = 0; round < Rounds && least > MostGrowth; round++)
        {
            var time = Time(read, many, 1);
            least = time < Soon ? 1 : Math.Min(least, time / Time(read, few, Times));
        }

        return least;
    }

    private static TimeSpan Time(Action<string> read, string text, int times)
    {
        var watch = Stopwatch.StartNew();
        for (var index = 0; index < times; index++)
        {
            read(text);
        }

        return watch.Elapsed;
    }
}
