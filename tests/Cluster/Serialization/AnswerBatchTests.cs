using Ensemble.Chat;
using Ensemble.Grains.Answers;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Ensemble.Cluster.Tests.Serialization;

/// <summary>The items of a frontend's stream: they arrive as they were sent, and those of an earlier version are understood.</summary>
public sealed class AnswerBatchTests
{
    private static readonly Serializer Wire = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly RunId Run = RunId.TryParse("0123456789abcdef0123456789abcdef", out var id) ? id : default;

    private static readonly UsageTotals Totals = new() { Reported = new TokenUsage(11, 7), EstimatedPromptTokens = 8, EstimatedCompletionTokens = 9, CostUsd = 0.000123m };

    /// <summary>Every kind of event, with something in each of its fields.</summary>
    private static readonly RunEvent[] Events =
    [
        new PanelClosed(3, 0.66),
        new AnswerDegraded("judge_failed"),
        new AnswerDelta("déjà vu"),
        new ChoicesDelta("""[{"index":0,"delta":{"content":"x"}}]"""u8.ToArray()),
        new RunCompleted(new RunAnswer("stop") { IsDirect = true, Choices = """[{"index":0}]"""u8.ToArray() }, Totals),
        new RunFailed(new RunFailure(RunFailureKind.PanelRateLimited, "too many") { RetryAfter = TimeSpan.FromSeconds(7) }, Totals),
    ];

    /// <summary>Every form of an item by a name.</summary>
    private static readonly Dictionary<string, AnswerBatch> Batches = new(StringComparer.Ordinal)
    {
        ["batch-every-event"] = AnswerBatch.Of(Run, 2, 41, Events.Select((runEvent, index) => Stamped(runEvent, 41 + index))),
        ["batch-rest-is-pulled"] = AnswerBatch.Of(Run, 3, 17, []),
    };

    public static TheoryData<string> Names => [.. Batches.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Batch_ThereAndBack_IsTheSame(string name) => ShouldBeTheSame(Wire.Deserialize<AnswerBatch>(Wire.SerializeToArray(Batches[name])), Batches[name]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Batch_OfTheFirstVersion_IsUnderstood(string name) =>
        ShouldBeTheSame(Wire.Deserialize<AnswerBatch>(Convert.FromBase64String(FrozenMessages.AnswerBatches[name])), Batches[name]);

    [Fact]
    public void Kinds_OfEvents_AreAllSentAndKeepTheirNumbers()
    {
        Batches["batch-every-event"].Events.Select(message => message.Kind).Order().ShouldBe(Enum.GetValues<RunEventKind>().Order());
        string.Join(' ', Enum.GetValues<RunEventKind>().Select(kind => $"{kind}={(int)kind}"))
            .ShouldBe("AnswerDelta=1 ChoicesDelta=2 PanelClosed=3 AnswerDegraded=4 RunCompleted=5 RunFailed=6");
        Events.Select(runEvent => runEvent.GetType()).ShouldBe(
            typeof(RunEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RunEvent))),
            ignoreOrder: true);
    }

    private static RunEventMessage Stamped(RunEvent runEvent, int sequence)
    {
        runEvent.Stamp(sequence, 2);
        return RunEventMessage.From(runEvent);
    }

    private static void ShouldBeTheSame(AnswerBatch? arrived, AnswerBatch sent)
    {
        arrived.ShouldNotBeNull().ShouldBe(sent with { Events = arrived.Events });
        arrived.Events.Select(Picture).ShouldBe(sent.Events.Select(Picture));
    }

    // A record prints every field, but of bytes only their number.
    private static string Picture(RunEventMessage message) =>
        $"{message} {Convert.ToBase64String(message.Choices.Span)} {Convert.ToBase64String((message.Answer?.Choices ?? default).Span)}";
}
