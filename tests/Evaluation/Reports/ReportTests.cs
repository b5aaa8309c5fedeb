using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Evaluation.Analysis;
using Ensemble.Evaluation.Reports;
using Ensemble.Evaluation.Tests.Running;
using Spectre.Console;

namespace Ensemble.Evaluation.Tests.Reports;

public sealed partial class ReportTests
{
    [Fact]
    public async Task Html_IsOnePageThatAsksForNothingElse()
    {
        var page = HtmlReport.Write(await ReportAsync());

        Outside().Matches(page).ShouldBeEmpty();
        page.ShouldNotContain("<script");
        Count(page, "<svg").ShouldBe(3);
        Count(page, "role=\"img\"").ShouldBe(3);
        page.ShouldContain("prefers-color-scheme: dark");
        page.ShouldContain("@media print");
        page.ShouldContain("Questions lost against the best member");
    }

    [Fact]
    public async Task Reports_TextOfOthers_IsNoMarkup()
    {
        var report = await ReportAsync("<img src=x onerror=alert(1)> | *bold* The answer is 7.");

        HtmlReport.Write(report).ShouldNotContain("<img");
        var row = MarkdownReport.Write(report).Split('\n').First(static line => line.Contains("onerror", StringComparison.Ordinal));
        row.ShouldContain("&lt;img src=x onerror=alert(1)> \\| \\*bold\\*");
    }

    [Fact]
    public async Task Json_HasTheFiguresByName()
    {
        using var json = JsonDocument.Parse(ReportFiles.Json(await ReportAsync()));

        var council = json.RootElement.GetProperty("subjects").EnumerateArray().Single(static subject => subject.GetProperty("name").GetString() == "council");
        council.GetProperty("kind").GetString().ShouldBe("Ensemble");
        council.GetProperty("accuracy").GetProperty("low").GetDouble().ShouldBeInRange(0, 1);
        council.GetProperty("latency").GetProperty("p50").GetDouble().ShouldBe(1);
        council.GetProperty("comparison").GetProperty("sentence").GetString().ShouldNotBeNullOrEmpty();
        json.RootElement.GetProperty("panels")[0].GetProperty("co_failure").GetDouble().ShouldBe(0.125, 0.001);
    }

    [Fact]
    public async Task Terminal_ShowsTableVerdictAndNotes()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 120;

        TerminalReport.Write(await ReportAsync(), console);

        var text = writer.ToString();
        text.ShouldContain("council: do not fuse: m1 alone is as good");
        text.ShouldContain("87.5 %");
        text.ShouldContain("A question without an answer counts as wrong.");
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static Task<EvaluationReport> ReportAsync(string wrong = "The answer is 7.") => new TestEvaluation
    {
        Catalog = TestEvaluation.Voting(3),
        Questions = TestEvaluation.Numbers(64),
        Caller = new ScriptedCaller((model, question) => (
            question % 8 == 0 || (question == 1 && model != "m1") ? wrong : TestEvaluation.Right(question), TimeSpan.FromSeconds(1))),
    }.RunAsync();

    [GeneratedRegex("""(src|href|url|@import|action)\s*[=(]""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Outside();
}
