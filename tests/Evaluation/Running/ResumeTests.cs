using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ensemble.Catalog;
using Ensemble.Evaluation.Reports;
using Ensemble.Testing;

namespace Ensemble.Evaluation.Tests.Running;

/// <summary>An evaluation that was stopped, at whatever step, and is started again.</summary>
public sealed class ResumeTests
{
    private const int Questions = 5;

    private static readonly EvaluationOptions Options =
        new() { Catalog = "c", Data = "d", Strategies = ["vote", "synthesize", "cascade"], Baselines = ["self:m1:3"], Concurrency = 8 };

    [Fact]
    public async Task Evaluation_KilledAtAnyByte_GivesTheSameReportAndPaysNothingTwice()
    {
        var (whole, expected, calls) = await RunAsync([]);

        // Members, further samples of one, the judge of each question, and that of two votes without two equal answers.
        calls.ShouldBe((Questions * (3 + 2 + 1)) + 2);
        var cuts = Enumerable.Range(0, whole.Length).Where(place => place % 97 == 0 || place == whole.Length - 1 || whole[place] == '\n'
            || (place > 0 && whole[place - 1] == '\n')).ToList();
        foreach (var cut in cuts)
        {
            var left = whole[..cut];
            var answered = Encoding.UTF8.GetString(left).Split('\n').Count(IsAnswer);

            var (resumed, report, made) = await RunAsync(left);

            report.ShouldBe(expected, $"cut at byte {cut}");
            made.ShouldBe(calls - answered, $"cut at byte {cut}");
            resumed.Length.ShouldBeGreaterThanOrEqualTo(whole.Length);
        }
    }

    [Fact]
    public async Task Evaluation_WriteThatFails_EndsWithIt_AndWhatWasWrittenIsGoneOnWith()
    {
        var (whole, expected, _) = await RunAsync([]);
        for (var limit = 0; limit < whole.Length; limit += 331)
        {
            using var disk = new FullDisk(limit);
            await Should.ThrowAsync<IOException>(() => Evaluation(disk, Caller()).RunAsync());

            var (_, report, _) = await RunAsync(disk.Written);

            report.ShouldBe(expected, $"full after {limit} bytes");
        }
    }

    [Fact]
    public async Task Evaluation_RecordedWhole_AsksNobody()
    {
        var (whole, expected, _) = await RunAsync([]);

        var (again, report, made) = await RunAsync(whole);

        (report, made).ShouldBe((expected, 0));
        again.ShouldBe(whole);
    }

    // A cut line may end with the brace of an object in it.
    private static bool IsAnswer(string line)
    {
        try
        {
            return line.Length > 0 && JsonNode.Parse(line)!["key"] is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ScriptedCaller Caller() => new(static (model, question) => (
        question % 3 == 0 && model is "m2" or "m3" ? $"The answer is {model[1..]}." : TestEvaluation.Right(question),
        TimeSpan.FromMilliseconds(100 + (question * 7) + (model[1] * 13))));

    private static TestEvaluation Evaluation(Stream recording, ScriptedCaller caller) => new()
    {
        Catalog = new CatalogBuilder()
            .Add([.. TestEvaluation.Voting(3).Models.Values, TestModels.Simulated("j1") with { Price = new PriceConfig(1, 1), MaxOutputTokens = 100 }])
            .Add(TestEvaluation.Voting(3).Ensembles["council"] with { Judge = new JudgeConfig { Model = "j1" } })
            .Build(),
        Questions = TestEvaluation.Numbers(Questions),
        Caller = caller,
        Recording = recording,
        Options = Options,
    };

    private static async Task<(byte[] Recording, string Report, int Calls)> RunAsync(byte[] before)
    {
        var stream = new MemoryStream();
        await stream.WriteAsync(before, TestContext.Current.CancellationToken);
        stream.Position = 0;
        var caller = Caller();
        var report = await Evaluation(stream, caller).RunAsync();
        return (stream.ToArray(), ReportFiles.Json(report) + MarkdownReport.Write(report) + HtmlReport.Write(report), caller.Calls);
    }

    /// <summary>Takes so many bytes, the last write in part, and no more.</summary>
    private sealed class FullDisk(int limit) : MemoryStream
    {
        public byte[] Written => ToArray();

        public override void Write(byte[] buffer, int offset, int count)
        {
            var room = (int)Math.Min(count, limit - Length);
            base.Write(buffer, offset, room);
            if (room < count)
            {
                throw new IOException("No space left on device.");
            }
        }
    }
}
