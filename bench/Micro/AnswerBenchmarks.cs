using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Micro;

/// <summary>What it takes to find out what candidates of 2 KiB say, and whether they say the same.</summary>
public class AnswerBenchmarks
{
    private const int Length = 2048;
    private const string HowMuch = "How much does she make every day?";

    private static readonly double[] Nine = [.. Enumerable.Repeat(1d, 9)];
    private static readonly double[] Eight = [.. Enumerable.Repeat(1d, 8)];

    private readonly AnswerReader _any = Reader(HowMuch, AnswerType.Auto);
    private readonly AnswerReader _number = Reader(HowMuch, AnswerType.Number);
    private readonly AnswerReader _choice = Reader("Which is the capital of France?\nA) London\nB) Berlin\nC) Paris\nD) Madrid", AnswerType.Auto);
    private readonly AnswerReader _json = Reader(HowMuch, AnswerType.Json);

    private readonly ChatAnswer _stated = Solution("The answer is 1,234.50 dollars.");
    private readonly ChatAnswer _sentence = Solution("She makes $18 every day.");
    private readonly ChatAnswer _letter = Solution("Therefore the correct answer is (C) Paris.");
    private readonly ChatAnswer _object = new(Json(), "stop");
    private readonly ChatAnswer[] _votes = [.. Enumerable.Range(0, 9).Select(index => Solution($"The answer is {index % 3}."))];
    private readonly string[] _prose = [.. Enumerable.Range(0, 8).Select(Text)];
    private string[] _texts = [];
    private TypedAnswer?[] _typed = [];

    /// <exception cref="InvalidOperationException">An answer is not read as it should be: something else would be measured.</exception>
    [GlobalSetup]
    public void Setup()
    {
        _texts = Array.ConvertAll(_votes, static vote => vote.Content);
        _typed = Array.ConvertAll(_votes, _any.Read);
        if (StatedNumber() != "1234.5" || NumberInASentence() != "18" || Choice() != "C" || ReadJson() is null
            || ClustersOfNine() != 3 || ReadAndClustersOfNine() != 3 || SimilarityOfEight() < 0)
        {
            throw new InvalidOperationException("An answer is not read as it should be: what is measured is not what is meant.");
        }
    }

    [Benchmark]
    public string? StatedNumber() => _any.Read(_stated)?.Text;

    [Benchmark]
    public string? NumberInASentence() => _number.Read(_sentence)?.Text;

    [Benchmark]
    public string? Choice() => _choice.Read(_letter)?.Text;

    [Benchmark]
    public string? ReadJson() => _json.Read(_object)?.Text;

    [Benchmark]
    public int ClustersOfNine() => AnswerClusters.Of(_typed, _texts, Nine).Count;

    [Benchmark]
    public int ReadAndClustersOfNine() => AnswerClusters.Of(Array.ConvertAll(_votes, _any.Read), _texts, Nine).Count;

    [Benchmark]
    public int SimilarityOfEight() => AnswerClusters.Of(new TypedAnswer?[8], _prose, Eight).Centre();

    private static AnswerReader Reader(string question, AnswerType type) => AnswerReader.For(
        ChatRequestParser.Parse(
            JsonSerializer.SerializeToUtf8Bytes(new { model = "panel", messages = new[] { new { role = "user", content = question } } }),
            ChatLimits.Default),
        type,
        tools: false);

    private static ChatAnswer Solution(string end) => new($"{Text(1)}\n{end}", "stop");

    // Prose of a solution: words, sums and lines, without a statement.
    private static string Text(int seed)
    {
        string[] pieces =
        [
            "She lays sixteen eggs per day, and eats three for breakfast every morning. ", "That leaves 16 - 3 = <<16-3=13>>13 eggs.\n",
            "With four she bakes muffins for her friends. ", "So she sells 13 - 4 = 9 eggs at the market, for **2 dollars** each.\n",
            "Let us check this once more, since it matters to her. ", "The rest is sold to passers-by; how many those are is not known. ",
        ];
        var text = new StringBuilder(Length + 128);
        for (var index = seed; text.Length < Length; index += 1 + (seed % 5))
        {
            text.Append(pieces[index % pieces.Length]);
        }

        return text.ToString(0, Length);
    }

    private static string Json()
    {
        var text = new StringBuilder("{");
        for (var index = 0; text.Length < Length; index++)
        {
            text.Append(index > 0 ? "," : "").Append(
                CultureInfo.InvariantCulture,
                $" \"field_{(index * 37) % 101}_{index}\": {{ \"value\": {index * 1.50:0.00}, \"name\": \"some text\" }}");
        }

        return text.Append('}').ToString();
    }
}
