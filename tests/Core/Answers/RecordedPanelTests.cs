using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Answers;

/// <summary>
/// Answers that six models really gave to questions of GSM8K. The data is not part of the repository: <c>ENSEMBLE_DATA</c> names its folder, or
/// <c>shared/data</c> lies beside a folder above.
/// </summary>
public sealed class RecordedPanelTests(ITestOutputHelper output)
{
    private const string File = "gsm8k-panel/panel.jsonl";

    [Fact]
    public void Read_RecordedAnswers_AreRightAtLeastAsOftenAsTheirLabelsSay()
    {
        var file = Find();
        Assert.SkipWhen(file is null, $"There is no recorded panel: let ENSEMBLE_DATA name the folder that holds {File}.");

        var tallies = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        foreach (var line in System.IO.File.ReadLines(file!))
        {
            using var row = JsonDocument.Parse(line);
            var forced = Reader(row.RootElement.GetProperty("question").GetString()!, AnswerType.Number);
            var guessing = Reader(row.RootElement.GetProperty("question").GetString()!, AnswerType.Auto);
            var expected = forced.Read(new ChatAnswer("#### " + row.RootElement.GetProperty("answer").GetString(), "stop"));
            expected.ShouldNotBeNull();
            foreach (var response in row.RootElement.GetProperty("responses").EnumerateObject())
            {
                if (!tallies.TryGetValue(response.Name, out var tally))
                {
                    tallies.Add(response.Name, tally = new Tally());
                }

                var answer = new ChatAnswer(response.Value.GetProperty("text").GetString()!, "stop");
                var (isRight, label) = (forced.Read(answer) == expected, response.Value.GetProperty("correct").GetBoolean());
                var guess = guessing.Read(answer);
                tally.Answers++;
                tally.Labelled += label ? 1 : 0;
                tally.Right += isRight ? 1 : 0;
                tally.Lost += label && !isRight ? 1 : 0;
                tally.Gained += isRight && !label ? 1 : 0;
                tally.Guessed += guess is null ? 0 : 1;
                tally.GuessedRight += guess == expected ? 1 : 0;
            }
        }

        output.WriteLine("model: label right, read right, right against the label, wrong against it; left to guess: typed, right");
        foreach (var (model, tally) in tallies)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{model}: {Share(tally.Labelled, tally)}, {Share(tally.Right, tally)}, {tally.Gained}, {tally.Lost}; {Share(tally.Guessed, tally)}, {Share(tally.GuessedRight, tally)}"));
        }

        tallies.Count.ShouldBe(6);
        tallies.ShouldAllBe(entry => entry.Value.Right >= entry.Value.Labelled);
    }

    private static string Share(int part, Tally tally) => (100d * part / tally.Answers).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static AnswerReader Reader(string question, AnswerType type)
    {
        var body = new JsonObject { ["model"] = "panel", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }) };
        return AnswerReader.For(ChatRequestParser.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()), ChatLimits.Default), type, tools: false);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ENSEMBLE_DATA") is { Length: > 0 } folder)
        {
            return Existing(Path.Combine(folder, File));
        }

        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            if (Existing(Path.Combine(above.FullName, "shared", "data", File)) is { } file)
            {
                return file;
            }
        }

        return null;
    }

    private static string? Existing(string file) => System.IO.File.Exists(file) ? file : null;

    private sealed class Tally
    {
        public int Answers { get; set; }

        public int Labelled { get; set; }

        public int Right { get; set; }

        public int Gained { get; set; }

        public int Lost { get; set; }

        public int Guessed { get; set; }

        public int GuessedRight { get; set; }
    }
}
