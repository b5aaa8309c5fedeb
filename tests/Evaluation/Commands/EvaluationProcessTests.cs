using System.Diagnostics;
using Ensemble.Testing;

namespace Ensemble.Evaluation.Tests.Commands;

/// <summary>The command as the program has it, over simulated models.</summary>
public sealed class EvaluationProcessTests : IDisposable
{
    private const int Questions = 40;

    private const string Catalog =
        """
        {
          "models": [
            { "display_name": "a", "provider": "simulated", "max_output_tokens": 200, "price": { "input_per_million": 1, "output_per_million": 2 },
              "simulated": { "seed": 1, "latency_ms": [20, 60], "accuracy": 0.7 } },
            { "display_name": "b", "provider": "simulated", "max_output_tokens": 200, "price": { "input_per_million": 1, "output_per_million": 2 },
              "simulated": { "seed": 2, "latency_ms": [20, 60], "accuracy": 0.8 } },
            { "display_name": "c", "provider": "simulated", "max_output_tokens": 200, "price": { "input_per_million": 1, "output_per_million": 2 },
              "simulated": { "seed": 3, "latency_ms": [20, 60], "accuracy": 0.9 } },
            { "display_name": "council", "ensemble": { "panel": [{ "model": "a" }, { "model": "b" }, { "model": "c" }], "strategy": "vote" } }
          ]
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ensemble-eval-").FullName;

    public EvaluationProcessTests()
    {
        File.WriteAllText(Path("catalog.json"), Catalog);
        File.WriteAllLines(Path("questions.jsonl"), Enumerable.Range(1, Questions).Select(
            static number => $$"""{"id":"q{{number}}","question":"What is {{number}} + {{number * 7}}?","answer":{{number * 8}}}"""));
    }

    [Fact]
    public async Task Eval_KilledAndStartedAgain_GoesOnAndPaysNothingTwice()
    {
        using (var first = Start())
        {
            await Eventually.TrueAsync(() => Answers().Count > 20, TestContext.Current.CancellationToken);
            first.Kill();
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Answers().Count.ShouldBeLessThan(Questions * 3);
        var (code, _, errors) = await RunAsync();

        code.ShouldBe(0, errors);
        Answers().Count.ShouldBe(Questions * 3);
        Answers().Distinct().Count().ShouldBe(Questions * 3);
        string[] reports = [.. new[] { "md", "json", "html" }.Select(kind => File.ReadAllText(Path($"out/report.{kind}")))];

        var again = await RunAsync();

        again.Code.ShouldBe(0);
        again.Errors.ShouldContain("0 calls were made");
        again.Output.ShouldContain("40 questions of questions.jsonl");
        new[] { "md", "json", "html" }.Select(kind => File.ReadAllText(Path($"out/report.{kind}"))).ShouldBe(reports);
    }

    [Fact]
    public async Task Eval_DryRun_AsksNobody()
    {
        var (code, _, errors) = await RunAsync("--dry-run");

        code.ShouldBe(0);
        errors.ShouldContain("40 questions, about 120 calls: $");
        Answers().ShouldBeEmpty();
        Directory.Exists(Path("out")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--ensembles", "counsil", "Did you mean \"council\"?", 1)]
    [InlineData("--strategies", "best_of", "which has no judge", 1)]
    [InlineData("--baselines", "self:a", "is not a valid baseline; write self:MODEL:K", 1)]
    [InlineData("--grader", "best", "there is no grader 'best'", 1)]
    [InlineData("--sample", "none", "is not a whole number", 2)]
    public async Task Eval_OptionThatDoesNotHold_SaysSoAndAsksNobody(string option, string value, string message, int expected)
    {
        var (code, _, errors) = await RunAsync(option, value);

        (code, errors.Contains(message, StringComparison.Ordinal)).ShouldBe((expected, true), errors);
        Answers().ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Path(string name) => System.IO.Path.Combine(_folder, name);

    private List<string> Answers() => !File.Exists(Path("answers.jsonl")) ? [] : [.. Lines().Where(
        static line => line.StartsWith("{\"key\":", StringComparison.Ordinal) && line.EndsWith('}')).Select(static line => line.Split('"')[3])];

    private List<string> Lines()
    {
        using var reader = new StreamReader(new FileStream(Path("answers.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n')];
    }

    private Process Start(params string[] more) => Process.Start(new ProcessStartInfo(
        "dotnet",
        [
            System.IO.Path.Combine(AppContext.BaseDirectory, "ensemble-silo.dll"), "eval", "--catalog", "catalog.json", "--data", "questions.jsonl",
            "--record", "answers.jsonl", "--max-cost", "1", "--concurrency", "4", "--out", "out/report", .. more,
        ])
    { WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] more)
    {
        using var process = Start(more);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
