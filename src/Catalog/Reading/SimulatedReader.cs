using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads how a simulated model behaves.</summary>
internal static class SimulatedReader
{
    private const int MaxLatencyMs = 600_000;
    private const int MaxAnswers = 1000;
    private const int MaxWrong = 100;
    private const int MaxText = 64 * 1024;

    private static readonly string[] Fields =
        ["seed", "latency_ms", "tokens_per_second", "failure_rate", "accuracy", "correlation", "answers"];
    private static readonly string[] AnswerFields = ["match", "text", "wrong"];

    public static SimulatedConfig Read(ConfigNode node)
    {
        var defaults = new SimulatedConfig();
        if (node.Object(Fields) is not { } simulated)
        {
            return defaults;
        }

        var latency = simulated.Find("latency_ms") is { } range ? ReadLatency(range) : null;
        return new SimulatedConfig
        {
            Seed = (int?)simulated.Integer("seed", int.MinValue, int.MaxValue) ?? defaults.Seed,
            MinLatency = latency?.Min ?? defaults.MinLatency,
            MaxLatency = latency?.Max ?? defaults.MaxLatency,
            TokensPerSecond = simulated.Number("tokens_per_second", 0, 1_000_000) ?? defaults.TokensPerSecond,
            FailureRate = simulated.Number("failure_rate", 0, 1) ?? defaults.FailureRate,
            Accuracy = simulated.Number("accuracy", 0, 1) ?? defaults.Accuracy,
            Correlation = simulated.Number("correlation", 0, 1) ?? defaults.Correlation,
            Answers = simulated.Find("answers") is { } answers ? ReadAnswers(answers) : defaults.Answers,
        };
    }

    private static (TimeSpan Min, TimeSpan Max)? ReadLatency(ConfigNode node)
    {
        if (node.Element.ValueKind == JsonValueKind.Number)
        {
            return node.Milliseconds(0, MaxLatencyMs) is { } fixedLatency ? (fixedLatency, fixedLatency) : null;
        }

        if (!node.Is(JsonValueKind.Array, "a number or an array [min, max]"))
        {
            return null;
        }

        if (node.Element.GetArrayLength() != 2)
        {
            node.Error("must hold two numbers, the shortest and the longest latency", "Write [min, max], or one number.");
            return null;
        }

        var bounds = node.Items(2, 2, "numbers")!;
        var (min, max) = (bounds[0].Milliseconds(0, MaxLatencyMs), bounds[1].Milliseconds(0, MaxLatencyMs));
        if (min > max)
        {
            node.Error("has its shortest latency above its longest", "Swap them.");
        }

        return min is { } shortest && max is { } longest ? (shortest, longest) : null;
    }

    private static List<SimulatedAnswer> ReadAnswers(ConfigNode node)
    {
        var answers = new List<SimulatedAnswer>();
        foreach (var item in node.Items(0, MaxAnswers, "answers") ?? [])
        {
            if (item.Object(AnswerFields) is not { } answer)
            {
                continue;
            }

            var match = answer.Require("match", "Give a regular expression.") is { } pattern ? PatternReader.ReadAny(pattern) : null;
            var text = answer.Require("text", "Give the right answer.")?.Text(MaxText);
            var wrong = (answer.Find("wrong")?.Items(0, MaxWrong, "wrong answers") ?? []).Select(entry => entry.Text(MaxText))
                .OfType<string>().ToList();
            if (match is not null && text is not null)
            {
                answers.Add(new SimulatedAnswer(match, text, wrong));
            }
        }

        return answers;
    }
}
