using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Evaluation.Data;
using Ensemble.Testing;

namespace Ensemble.Evaluation.Tests.Running;

/// <summary>
/// The catalog of <c>dev bench panel</c> over the recorded answers. The figures are those that the product gave when it was asked over
/// HTTP (bench/results/panel-2026-11-22.md).
/// </summary>
public sealed class RecordedPanelTests
{
    private const string Variable = "ENSEMBLE_DATA";
    private const string Recording = "gsm8k-panel/panel.jsonl";

    private static readonly Dictionary<string, double> Expected = new()
    {
        ["gpt3-6b"] = 0.220,
        ["gpt3-6b-verified"] = 0.389,
        ["gpt3-175b"] = 0.320,
        ["gpt3-175b-verified"] = 0.565,
        ["mixtral-8x7b"] = 0.636,
        ["gpt-4-1106"] = 0.938,
        ["vote-of-three"] = 0.671,
        ["vote-of-six"] = 0.712,
        ["weighted-vote-of-six"] = 0.930,
        ["consensus-of-three"] = 0.589,
        ["consensus-of-six"] = 0.633,
        ["cascade"] = 0.926,
    };

    [Fact]
    public async Task Evaluation_RecordedPanel_GivesTheFiguresMeasuredOverHttp()
    {
        var file = Locate();
        Assert.SkipWhen(file is null, $"There are no recorded answers: set {Variable} to the folder that has {Recording}.");
        var report = await new TestEvaluation
        {
            Catalog = Catalog(),
            Questions = await QuestionFile.ReadAsync(file!, sample: null, seed: 1, TestContext.Current.CancellationToken),
            Caller = new ScriptedCaller(static (_, _) => throw new InvalidOperationException("A recorded answer was asked for again.")),
        }.RunAsync();

        foreach (var (name, share) in Expected)
        {
            report.Subjects.Single(subject => subject.Name == name).Accuracy.Value.ShouldBe(share, 0.01, name);
        }

        var cascade = report.Subjects.Single(static subject => subject.Name == "cascade");
        cascade.CallsPerQuestion.ShouldBe(2.58, 0.03);
        cascade.Latency.ShouldBeNull();
        report.Panels.Single(static panel => panel.Members.Count == 6 && panel.Name.Contains("vote-of-six, ", StringComparison.Ordinal)
            || panel.Name.Contains(", vote-of-six", StringComparison.Ordinal)).Values.Single(static member => member.Name == "gpt3-6b").Advice.ShouldNotBeNull();
    }

    private static CatalogSnapshot Catalog() =>
        CatalogReader.Read(File.ReadAllBytes(Repository.PathOf("bench/panel.jsonc")), revision: 1).Snapshot.ShouldNotBeNull();

    private static string? Locate()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        var folders = new List<string>();
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            folders.Add(Path.Combine(folder.FullName, "shared/data"));
        }

        return (string.IsNullOrEmpty(named) ? folders : [named]).Select(static folder => Path.Combine(folder, Recording)).FirstOrDefault(File.Exists);
    }
}
