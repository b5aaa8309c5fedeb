using System.Text;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Gates;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Ensemble.Cluster.Tests.Serialization;

/// <summary>What crosses the wire arrives as it was sent, and what an earlier version sent is still understood.</summary>
public sealed class MessageTests
{
    private static readonly Serializer Wire = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly RunId Run = RunId.TryParse("0123456789abcdef0123456789abcdef", out var id) ? id : default;

    private static readonly GateHolder Holder = new(Run, 2, "council", SubCallRole.Judge, new SubCallKey(SubCallStep.Synthesis, 1, 3));

    private static readonly GateLease Lease = new(GateKey.Model("m"), new Guid(7, 8, 9, new byte[8]), 5, 1_767_225_600_000, 321, IsProbe: true, Holder);

    private static readonly UsageTotals Totals = new()
    {
        Reported = new TokenUsage(11, 7) { CachedTokens = 3, ReasoningTokens = 2, PromptAudioTokens = 1, CompletionAudioTokens = 4, AcceptedPredictionTokens = 5, RejectedPredictionTokens = 6 },
        EstimatedPromptTokens = 8,
        EstimatedCompletionTokens = 9,
        CostUsd = 0.000123m,
    };

    /// <summary>Every message by a name, as a value.</summary>
    internal static readonly Dictionary<string, object> Messages = new(StringComparer.Ordinal)
    {
        ["gate-key"] = GateKey.Alias("council"),
        ["gate-holder"] = Holder,
        ["gate-request"] = new GateRequest(GateKey.Caller("team"), new Guid(1, 2, 3, new byte[8]), 1234, Holder),
        ["gate-lease"] = Lease,
        ["gate-refusal"] = new GateRefusal(GateLimit.Tpm, 99, TimeSpan.FromSeconds(41)),
        ["gate-quota"] = new GateQuota(60, 12, TimeSpan.FromSeconds(61)),
        ["gate-admission"] = new GateAdmission(Lease, null, new GateQuotas(new GateQuota(60, 12, TimeSpan.FromSeconds(61)), null)),
        ["gate-admission-refused"] = new GateAdmission(null, new GateRefusal(GateLimit.Cooldown, 0, null), default),
        ["gate-release"] = new GateRelease(CallOutcome.RateLimited, 17, TimeSpan.FromMinutes(3), IsUnused: false),
        ["gate-status"] = new GateStatus(
            GateKey.Model("m"),
            new GateLimits(new RateLimitConfig { Rpm = 1, Tpm = 2, Rpd = 3, Concurrency = 4 }, new CooldownConfig { AfterFailures = 5 }),
            6, 7, 8, 9, 10, TimeSpan.FromSeconds(11), CallOutcome.ServerError),
        ["gate-outcome"] = new GateOutcome(CallOutcome.ServerError, TimeSpan.FromSeconds(7), 1_767_225_600_001, TimeSpan.FromMilliseconds(3)),
        ["gate-report"] = new GateReport
        {
            Agent = new Guid(4, 5, 6, new byte[8]),
            Number = 12,
            Requests = 13,
            Tokens = 14,
            Started = new[] { Lease },
            Repeated = new[] { Lease with { Id = new Guid(8, 8, 8, new byte[8]) } },
            Ended = new[] { new GateEnd(new Guid(9, 9, 9, new byte[8]), 15, IsUnused: false) },
            Allowance = 16,
            Debt = 17,
            Returned = new GateUnits(1, 2, 0),
            Slots = 18,
            Wanted = new GateUnits(3, 4, 5),
            Outcomes = new[] { new GateOutcome(CallOutcome.Ok, null, 1_767_225_600_002, TimeSpan.FromSeconds(2)) },
        },
        ["gate-end"] = new GateEnd(new Guid(9, 9, 9, new byte[8]), 15, IsUnused: true),
        ["gate-units"] = new GateUnits(1, 2, 3),
        ["gate-grant"] = new GateGrant
        {
            Terms = GateTerms.Refused,
            Life = TimeSpan.FromSeconds(10),
            Epoch = 5,
            Number = 1_767_225_600_003,
            Allowance = 1_767_225_600_004,
            Units = new GateUnits(6, 7, 8),
            Refusal = new GateRefusal(GateLimit.Cooldown, 0, TimeSpan.FromSeconds(41)),
        },
        ["token-usage"] = Totals.Reported,
        ["token-usage-cache-write"] = new TokenUsage(11, 7) { CachedTokens = 3, CacheWriteTokens = 4 },
        ["usage-totals"] = Totals,
        ["run-answer"] = new RunAnswer("stop") { Refusal = "no" },
        ["run-failure"] = new RunFailure(RunFailureKind.RequestRejected, "wrong")
        {
            Code = "c",
            Param = "messages[0]",
            Status = 422,
            RetryAfter = TimeSpan.FromSeconds(5),
            IsPermanent = true,
        },
        ["event-answer-delta"] = new RunEventMessage { Kind = RunEventKind.AnswerDelta, Sequence = 3, Incarnation = 2, Text = "déjà vu" },
        ["event-panel-closed"] = new RunEventMessage { Kind = RunEventKind.PanelClosed, Sequence = 1, Incarnation = 1, Usable = 3, Agreement = 0.66 },
        ["event-degraded"] = new RunEventMessage { Kind = RunEventKind.AnswerDegraded, Sequence = 2, Incarnation = 1, Text = "judge_failed" },
        ["event-completed"] = new RunEventMessage { Kind = RunEventKind.RunCompleted, Sequence = 9, Incarnation = 1, Answer = new RunAnswer("length"), Usage = Totals },
        ["event-failed"] = new RunEventMessage
        {
            Kind = RunEventKind.RunFailed,
            Sequence = 9,
            Incarnation = 1,
            Failure = new RunFailure(RunFailureKind.Cancelled, "gone"),
            Usage = Totals,
        },
        ["run-answered-elsewhere"] = new RunAnswered { Start = RunStart.Started, Silo = "10.0.0.1:11111@123" },
        ["run-answered"] = new RunAnswered
        {
            Start = RunStart.Started,
            Events = [new RunEventMessage { Kind = RunEventKind.AnswerDelta, Sequence = 1, Incarnation = 1, Text = "Paris." }],
        },
    };

    public static TheoryData<string> Names => [.. Messages.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_ThereAndBack_IsTheSame(string name) =>
        ShouldBeTheSame(Wire.Deserialize<object>(Wire.SerializeToArray(Messages[name])), Messages[name]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_OfTheFirstVersion_IsUnderstood(string name) =>
        ShouldBeTheSame(Wire.Deserialize<object>(Convert.FromBase64String(FrozenMessages.All[name])), Messages[name]);

    [Fact]
    public void GateReport_OfTheFirstVersion_HasTheSameLists()
    {
        var sent = (GateReport)Messages["gate-report"];

        foreach (var bytes in (byte[][])[Wire.SerializeToArray(sent), Convert.FromBase64String(FrozenMessages.All["gate-report"])])
        {
            var arrived = Wire.Deserialize<GateReport>(bytes).ShouldNotBeNull();
            arrived.Started.ShouldBe(sent.Started);
            arrived.Repeated.ShouldBe(sent.Repeated);
            arrived.Ended.ShouldBe(sent.Ended);
            arrived.Outcomes.ShouldBe(sent.Outcomes);
        }
    }

    [Fact]
    public void RunRequest_ThereAndBack_IsTheSameToTheByte()
    {
        var body = """{ "model":"council",  "messages":[{"role":"user","content":"Gr\u00fc\u00dfe"}], "x_unknown": [1, 2.50] }"""u8.ToArray();
        var request = new RunRequest { Id = Run, Incarnation = 3, Chat = ChatRequestParser.Parse(body, ChatLimits.Default), Caller = "team", CatalogRevision = 12 };

        foreach (var bytes in (byte[][])[Wire.SerializeToArray(request), Convert.FromBase64String(FrozenMessages.RunRequest)])
        {
            var arrived = Wire.Deserialize<RunRequest>(bytes).ShouldNotBeNull();
            (arrived.Id, arrived.Incarnation, arrived.Caller, arrived.CatalogRevision).ShouldBe((Run, 3, "team", 12));
            Encoding.UTF8.GetString(arrived.Chat.Body.Span).ShouldBe(Encoding.UTF8.GetString(body));
            arrived.Chat.Model.ShouldBe("council");
        }
    }

    [Fact]
    public void RunRequest_Arrives_IsCopiedOutOfTheMessageOnce()
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"model":"council","messages":[{"role":"user","content":"{{new string('a', 1 << 20)}}"}]}""");
        var chat = ChatRequestParser.Parse(body, ChatLimits.Default);
        var bytes = Wire.SerializeToArray(new RunRequest { Id = Run, Chat = chat, CatalogRevision = 12 });
        Wire.Deserialize<RunRequest>(bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Wire.Deserialize<RunRequest>(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.ShouldBeInRange(body.Length, body.Length + (64 * 1024));
    }

    [Theory]
    [InlineData(StrategyKind.BestOf, "bilby")]
    [InlineData(null, null)]
    public void RunRequest_OfAReplay_IsTheSameAndHasNoBodyWhereAnEarlierVersionLooks(StrategyKind? strategy, string? judge)
    {
        var body = """{"model":"council","messages":[{"role":"user","content":"Hi"}]}"""u8.ToArray();
        var request = new RunRequest
        {
            Id = Run,
            Chat = ChatRequestParser.Parse(body, ChatLimits.Default),
            CatalogRevision = 12,
            Replay = new RunReplay(RunId.New()) { Strategy = strategy, Judge = judge },
        };

        var arrived = Wire.Deserialize<RunRequest>(Wire.SerializeToArray(request)).ShouldNotBeNull();

        arrived.Replay.ShouldBe(request.Replay);
        arrived.Chat.Body.ToArray().ShouldBe(body);
        new Grains.Serialization.RunRequestConverter().ConvertToSurrogate(request).Body.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void RunRequest_OfAReplayOfTheFirstVersion_IsUnderstood()
    {
        var body = """{"model":"council","messages":[{"role":"user","content":"Hi"}]}"""u8.ToArray();
        var request = new RunRequest
        {
            Id = Run,
            Incarnation = 2,
            Chat = ChatRequestParser.Parse(body, ChatLimits.Default),
            Caller = "team",
            CatalogRevision = 12,
            Replay = new RunReplay(Run) { Strategy = StrategyKind.BestOf, Judge = "bilby" },
        };

        foreach (var bytes in (byte[][])[Wire.SerializeToArray(request), Convert.FromBase64String(FrozenMessages.Replay)])
        {
            var arrived = Wire.Deserialize<RunRequest>(bytes).ShouldNotBeNull();
            (arrived.Id, arrived.Incarnation, arrived.Caller, arrived.CatalogRevision, arrived.Replay).ShouldBe((Run, 2, "team", 12, request.Replay));
            arrived.Chat.Body.ToArray().ShouldBe(body);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Choices_ThereAndBack_AreTheSameBytes(bool isAnswer)
    {
        var choices = """[{"index":0,"delta":{"content":"x"}}]"""u8.ToArray();
        var fields = """{"system_fingerprint":"fp"}"""u8.ToArray();
        var usage = """{"cost":0.25}"""u8.ToArray();
        RunEvent sent = isAnswer
            ? new RunCompleted(new RunAnswer("stop") { IsDirect = true, Choices = choices, Fields = fields, UsageFields = usage }, Totals)
            : new ChoicesDelta(choices) { Fields = fields };
        sent.Stamp(4, 2);

        var arrived = Wire.Deserialize<RunEventMessage>(Wire.SerializeToArray(RunEventMessage.From(sent))).ShouldNotBeNull().ToEvent();

        var got = isAnswer ? ((RunCompleted)arrived).Answer.Choices : ((ChoicesDelta)arrived).Choices;
        got.ToArray().ShouldBe(choices);
        (isAnswer ? ((RunCompleted)arrived).Answer.Fields : ((ChoicesDelta)arrived).Fields).ToArray().ShouldBe(fields);
        (isAnswer ? ((RunCompleted)arrived).Answer.UsageFields.ToArray() : usage).ShouldBe(usage);
        (arrived.Sequence, arrived.Incarnation).ShouldBe((4, 2));
    }

    [Fact]
    public void Numbers_OfEnumsOnTheWireAndInSnapshots_StayAsTheyAre()
    {
        Numbers<GateKind>().ShouldBe("Model=0 Alias=1 Caller=2");
        Numbers<GateLimit>().ShouldBe("Rpm=0 Tpm=1 Rpd=2 Concurrency=3 Cooldown=4 OperatorFault=5");
        Numbers<SubCallRole>().ShouldBe("Panel=0 Judge=1 Control=2");
        Numbers<SubCallStep>().ShouldBe(
            "Candidate=0 Synthesis=1 Direct=2 Analysis=3 Pick=4 SelfReport=5 Verification=6 Escalation=7 Classification=8 Plan=9 Subtask=10 Shadow=11 Embedding=12");
        Numbers<CallOutcome>().ShouldBe(
            "Ok=0 Blank=1 BlankAtLength=2 Refused=3 Filtered=4 RequestRejected=5 NotFound=6 AuthenticationFailed=7 RateLimited=8 GateRefused=9 "
            + "Unsupported=10 ServerError=11 TransportError=12 InvalidResponse=13 Incomplete=14 TimedOut=15 Stalled=16 Cancelled=17 Lost=18 BudgetExceeded=19 WrongFormat=20");
        Numbers<RunFailureKind>().ShouldBe(
            "RequestRejected=0 UnsupportedContent=1 MaxTokensTooSmall=2 PanelRateLimited=3 PanelBelowQuorum=4 JudgeFailed=5 JudgeTimeout=6 RateLimitExceeded=7 "
            + "UpstreamFailed=8 UpstreamTimeout=9 DeadlineExceeded=10 AnswerTooLarge=11 Cancelled=12 InternalError=13 RunInterrupted=14 BudgetExceeded=15 AnswersNotStored=16 Overloaded=17");
        Numbers<GateTerms>().ShouldBe("PerCall=0 Free=1 Refused=2 Allowance=3");
        Numbers<RunStart>().ShouldBe("Started=0 Overloaded=1 Draining=2 UnknownModel=3");

        static string Numbers<T>()
            where T : struct, Enum => string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={Convert.ToInt32(value, null)}"));
    }

    // Records print every field; but for spans of bytes, which are equal only where they are the same memory, and have a test of their own.
    private static void ShouldBeTheSame(object? arrived, object sent)
    {
        arrived.ShouldNotBeNull().GetType().ShouldBe(sent.GetType());
        Printed(arrived).ShouldBe(Printed(sent));
    }

    // An array prints its type alone.
    private static string? Printed(object message) =>
        message is RunAnswered answered
            ? $"{answered.Start} {answered.Silo}: {string.Join<RunEventMessage>(", ", answered.Events)}"
            : message.ToString();
}
