using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Load.Measuring;
using Ensemble.Load.Reports;
using Ensemble.Upstreams;

namespace Ensemble.Load.Answers;

/// <summary>What it takes to find out what candidates say, and whether they say the same.</summary>
internal static class AnswersRun
{
    private const int Rounds = 9;
    private const int AnswerLength = 2048;
    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(100);

    /// <summary>Writes its table to standard output.</summary>
    public static async Task<int> ExecuteAsync(CancellationToken cancel)
    {
        var subjects = Subjects();
        var figures = subjects.ToDictionary(subject => subject.Name, _ => new List<Figure>());
        for (var round = -2; round < Rounds; round++)
        {
            // The first two rounds let the runtime finish its compiling.
            foreach (var (name, work) in subjects)
            {
                cancel.ThrowIfCancellationRequested();
                var figure = Measure(work);
                if (round >= 0)
                {
                    figures[name].Add(figure);
                }
            }
        }

        await Console.Out.WriteLineAsync(Write(figures, await MachineFacts.ReadAsync(product: null, cancel)));
        return 0;
    }

    private static (string Name, Action Work)[] Subjects()
    {
        var solution = Text(AnswerLength, 1);
        var number = new ChatAnswer(solution + "\nThe answer is 1,234.50 dollars.", "stop");
        var sentence = new ChatAnswer(solution + "\nShe makes $18 every day.", "stop");
        var choice = new ChatAnswer(solution + "\nTherefore the correct answer is (C) Paris.", "stop");
        var json = new ChatAnswer(Json(), "stop");
        var prose = Enumerable.Range(0, 8).Select(index => Text(AnswerLength, index)).ToArray();
        var answers = Enumerable.Range(0, 9).Select(index => new ChatAnswer($"{solution}\nThe answer is {index % 3}.", "stop")).ToArray();
        var texts = answers.Select(answer => answer.Content).ToArray();
        double[] nine = [.. Enumerable.Repeat(1d, 9)];
        double[] eight = [.. Enumerable.Repeat(1d, 8)];

        const string HowMuch = "How much does she make every day?";
        var auto = Reader(HowMuch, AnswerType.Auto);
        var numbers = Reader(HowMuch, AnswerType.Number);
        var choices = Reader("Which is the capital of France?\nA) London\nB) Berlin\nC) Paris\nD) Madrid", AnswerType.Auto);
        var jsons = Reader(HowMuch, AnswerType.Json);
        var typed = answers.Select(auto.Read).ToArray();
        return
        [
            ("number, stated, 2 KiB", () => Expect(auto.Read(number), "1234.5")),
            ("number, not stated, 2 KiB", () => Expect(numbers.Read(sentence), "18")),
            ("choice, 2 KiB", () => Expect(choices.Read(choice), "C")),
            ("JSON, 2 KiB", () => Expect(jsons.Read(json), null)),
            ("vote of 9: clusters", () => Expect(AnswerClusters.Of(typed, texts, nine).Count == 3)),
            ("vote of 9: reading and clusters, 2 KiB each", () => Expect(AnswerClusters.Of(Array.ConvertAll(answers, auto.Read), texts, nine).Count == 3)),
            ("likeness of 8, 2 KiB each", () => Expect(AnswerClusters.Of(new TypedAnswer?[8], prose, eight).Centre() >= 0)),
        ];
    }

    private static void Expect(TypedAnswer? answer, string? text) => Expect(answer is not null && (text is null || answer.Text == text));

    private static void Expect(bool isAsExpected)
    {
        if (!isAsExpected)
        {
            throw new LoadException("An answer was not read as it should be: what is measured is not what is meant.");
        }
    }

    private static Figure Measure(Action work)
    {
        GC.Collect();
        work();
        var (calls, started, allocated) = (0, Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        while (Stopwatch.GetElapsedTime(started) < Slot)
        {
            work();
            calls++;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Figure(elapsed.TotalMicroseconds / calls, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / calls);
    }

    private static string Write(Dictionary<string, List<Figure>> figures, MachineFacts machine)
    {
        var table = new MarkdownTable("operation", "µs", "bytes allocated", "µs, rounds from … to");
        foreach (var (name, rounds) in figures)
        {
            var times = rounds.Select(round => round.Microseconds).ToList();
            table.Add(name, Number(Statistics.Median(times), "0.0"), Number(Statistics.Median(rounds.Select(round => round.Bytes)), "N0"), $"{Number(times.Min(), "0.0")} … {Number(times.Max(), "0.0")}");
        }

        return new StringBuilder()
            .Append("# Answers: what is said, and whether it is the same\n\n")
            .Append(CultureInfo.InvariantCulture, $"- date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}\n")
            .Append(CultureInfo.InvariantCulture, $"- machine: {machine.Processor}, {machine.Cores} cores, {machine.System}, {machine.Runtime}\n")
            .Append("- command: `dotnet run -c Release --project bench/Load -- answers`\n\n")
            .Append(table)
            .Append(CultureInfo.InvariantCulture, $"\nMedians of {Rounds} rounds of {Slot.TotalMilliseconds:0} ms each, one thread, after two rounds that are not counted.\n")
            .ToString();
    }

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);

    private static AnswerReader Reader(string question, AnswerType type) => AnswerReader.For(
        ChatRequestParser.Parse(Encoding.UTF8.GetBytes($$"""{"model":"panel","messages":[{"role":"user","content":"{{question.Replace("\n", "\\n", StringComparison.Ordinal)}}"}]}"""), ChatLimits.Default),
        type,
        tools: false);

    // Prose of a solution: words, sums and lines, without a statement.
    private static string Text(int length, int seed)
    {
        string[] pieces =
        [
            "She lays sixteen eggs per day, and eats three for breakfast every morning. ", "That leaves 16 - 3 = <<16-3=13>>13 eggs.\n", "With four she bakes muffins for her friends. ",
            "So she sells 13 - 4 = 9 eggs at the market, for **2 dollars** each.\n", "Let us check this once more, since it matters to her. ", "The rest is sold to whoever comes by; nobody knows how many that are. ",
        ];
        var text = new StringBuilder(length + 128);
        for (var index = seed; text.Length < length; index += 1 + (seed % 5))
        {
            text.Append(pieces[index % pieces.Length]);
        }

        return text.ToString(0, length);
    }

    private static string Json()
    {
        var text = new StringBuilder("{");
        for (var index = 0; text.Length < AnswerLength; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(index > 0 ? "," : "")} \"field_{(index * 37) % 101}_{index}\": {{ \"value\": {index * 1.50:0.00}, \"name\": \"some text\" }}");
        }

        return text.Append('}').ToString();
    }

    private readonly record struct Figure(double Microseconds, double Bytes);
}
