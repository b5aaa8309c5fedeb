using Ensemble.Core.Tests.Runs;
using Ensemble.Telemetry;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Telemetry;

public sealed class RunInstrumentsTests : IDisposable
{
    private static readonly RunId Run = RunId.New();

    private readonly Measured _measured = new();
    private readonly RunInstruments _instruments;

    public RunInstrumentsTests() => _instruments = new RunInstruments(_measured.Meter);

    public void Dispose() => _measured.Dispose();

    [Fact]
    public void Append_AnsweredSubCall_IsCountedByModelAndRole()
    {
        _instruments.Append(TestUsage.SubCall(Run));

        _measured["ensemble.sub_calls{ensemble.outcome=ok,ensemble.role=panel,ensemble.step=candidate,gen_ai.request.model=quokka}"].ShouldBe(1);
        _measured["gen_ai.client.operation.duration{ensemble.role=panel,gen_ai.operation.name=chat,gen_ai.request.model=quokka}"].ShouldBe(1.5);
        _measured["gen_ai.client.token.usage{ensemble.role=panel,ensemble.token.source=reported,gen_ai.operation.name=chat,gen_ai.request.model=quokka,gen_ai.token.type=input}"].ShouldBe(7);
        _measured["gen_ai.client.token.usage{ensemble.role=panel,ensemble.token.source=reported,gen_ai.operation.name=chat,gen_ai.request.model=quokka,gen_ai.token.type=output}"].ShouldBe(11);
        _measured["gen_ai.server.time_to_first_token{ensemble.role=panel,gen_ai.request.model=quokka}"].ShouldBe(0.25);
        _measured["ensemble.cost{ensemble.role=panel,gen_ai.request.model=quokka}"].ShouldBe(0.000_000_123);
    }

    [Fact]
    public void Append_TokensOfEveryKind_AreEachCountedOnce()
    {
        _instruments.Append(TestUsage.SubCall(Run) with { PromptTokens = 100, CachedTokens = 60, CacheWriteTokens = 30, CompletionTokens = 20, ReasoningTokens = 15 });

        foreach (var (kind, tokens) in new Dictionary<string, long> { ["input"] = 10, ["cached_input"] = 60, ["cache_write"] = 30, ["output"] = 5, ["reasoning"] = 15 })
        {
            _measured[$"ensemble.tokens{{ensemble.role=panel,ensemble.token.kind={kind},gen_ai.request.model=quokka}}"].ShouldBe(tokens, kind);
        }
    }

    [Fact]
    public void Append_EstimatedTokens_AreOfNoKind()
    {
        _instruments.Append(TestUsage.SubCall(Run) with { Source = UsageSource.Estimated });

        _measured.Names.ShouldNotContain(name => name.StartsWith("ensemble.tokens{", StringComparison.Ordinal));
    }

    [Fact]
    public void Append_AnySubCall_HasNoLabelOfItsCaller()
    {
        _instruments.Append(TestUsage.SubCall(Run));
        _instruments.Append(TestUsage.Ended(Run, TestUsage.SubCall(Run)));

        _measured.Names.ShouldNotBeEmpty();
        _measured.Names.ShouldAllBe(name => !name.Contains("anna", StringComparison.Ordinal) && !name.Contains(Run.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Append_FailedSubCall_HasItsErrorAsType()
    {
        _instruments.Append(TestUsage.SubCall(Run, outcome: CallOutcome.TimedOut));

        _measured["gen_ai.client.operation.duration{ensemble.role=panel,error.type=timed_out,gen_ai.operation.name=chat,gen_ai.request.model=quokka}"].ShouldBe(1.5);
    }

    [Fact]
    public void Append_CallThatWasNotMadeOrWasLost_IsCountedAndNotTimed()
    {
        _instruments.Append(TestUsage.SubCall(Run, outcome: CallOutcome.GateRefused) with { Attempts = 0, CostUsd = 0 });
        _instruments.Append(TestUsage.Lost(Run));

        _measured.Names.ShouldBe(
        [
            "ensemble.sub_calls{ensemble.outcome=gate_refused,ensemble.role=panel,ensemble.step=candidate,gen_ai.request.model=quokka}",
            "ensemble.sub_calls{ensemble.outcome=lost,ensemble.role=panel,ensemble.step=candidate,gen_ai.request.model=quokka}",
        ]);
    }

    [Fact]
    public void Append_EndedRun_IsMeasuredByItsEnsemble()
    {
        _instruments.Append(TestUsage.Ended(Run, TestUsage.SubCall(Run)) with
        {
            Streamed = true,
            FirstToken = TimeSpan.FromSeconds(2),
            Degraded = ["judge_failed"],
            Saved = new SavingsManifest(2, 300, 0.5m),
            Decisions = [new DecisionManifest("shadow", "differs"), new DecisionManifest("vote", "decided")],
        });

        _measured["ensemble.runs{ensemble.name=council,ensemble.outcome=completed,ensemble.strategy=synthesize}"].ShouldBe(1);
        _measured["ensemble.run.duration{ensemble.name=council,ensemble.strategy=synthesize}"].ShouldBe(2.5);
        _measured["ensemble.run.time_to_first_token{ensemble.name=council,ensemble.strategy=synthesize}"].ShouldBe(2);
        _measured["ensemble.run.added_latency{ensemble.name=council}"].ShouldBe(1);
        _measured["ensemble.run.agreement{ensemble.name=council}"].ShouldBe(0.5);
        _measured["ensemble.runs.degraded{ensemble.name=council,ensemble.reason=judge_failed}"].ShouldBe(1);
        _measured["ensemble.early_stops{ensemble.name=council,ensemble.strategy=synthesize}"].ShouldBe(1);
        _measured["ensemble.saved.calls{ensemble.name=council,ensemble.strategy=synthesize}"].ShouldBe(2);
        _measured["ensemble.saved.tokens{ensemble.name=council,ensemble.strategy=synthesize}"].ShouldBe(300);
        _measured["ensemble.saved.cost{ensemble.name=council,ensemble.strategy=synthesize}"].ShouldBe(0.5);
        _measured["ensemble.shadow.comparisons{ensemble.name=council,ensemble.verdict=differs}"].ShouldBe(1);
        _measured.Names.ShouldNotContain(name => name.Contains("decided", StringComparison.Ordinal));
    }

    [Fact]
    public void Append_ComparedCandidates_CountsEachPairOfMembersOnce()
    {
        var ended = TestUsage.Ended(Run, Of(0, "wombat"), Of(1, "numbat"), Of(2, "quokka"), Of(3, "bilby")) with
        {
            Candidates =
            [
                new(0, 0, 1) { Cluster = 0 },
                new(0, 1, 1) { Cluster = 1 },
                new(1, 0, 1) { Cluster = 0 },
                new(2, 0, 1) { Cluster = 2 },
                new(3, 0, 1),
            ],
        };

        _instruments.Append(ended);

        Pair("comparisons", "numbat", "wombat").ShouldBe(2);
        Pair("disagreements", "numbat", "wombat").ShouldBe(1);
        Pair("comparisons", "quokka", "wombat").ShouldBe(2);
        Pair("disagreements", "quokka", "wombat").ShouldBe(2);
        Pair("comparisons", "numbat", "quokka").ShouldBe(1);
        Pair("disagreements", "numbat", "quokka").ShouldBe(1);
        _measured.Names.Count(name => name.StartsWith("ensemble.member.comparisons", StringComparison.Ordinal)).ShouldBe(3);

        double? Pair(string what, string first, string second) =>
            _measured[$"ensemble.member.{what}{{ensemble.member.a={first},ensemble.member.b={second},ensemble.name=council}}"];
    }

    [Fact]
    public void Append_MembersCancelledAfterTheGrace_AreStragglers()
    {
        var ended = TestUsage.Ended(Run, Of(0, "wombat") with { Outcome = CallOutcome.Cancelled }, Of(1, "numbat"));

        _instruments.Append(ended with { Panel = new PanelManifest(1, 1, TimeSpan.Zero, TimeSpan.Zero, "cancelled") });
        _measured.Names.ShouldNotContain(name => name.StartsWith("ensemble.stragglers", StringComparison.Ordinal));

        _instruments.Append(ended with { Panel = new PanelManifest(1, 1, TimeSpan.Zero, TimeSpan.Zero, "grace_over") });
        _measured["ensemble.stragglers{ensemble.name=council,gen_ai.request.model=wombat}"].ShouldBe(1);
    }

    [Fact]
    public async Task Append_RunWhoseFirstJudgeFailed_CountsTheOneAfterIt()
    {
        var bench = new RunBench(TestEnsembles.Of("panel", ["a", "b"], "judge") with { });
        bench.Ensemble = bench.Ensemble with { Judge = bench.Ensemble.Judge! with { Fallbacks = ["b"] } };
        bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("judge", Does.Fail(CallOutcome.ServerError, 500));

        _instruments.Append((await bench.RunAsync()).Manifest);

        _measured["ensemble.judge.fallbacks{ensemble.name=panel,gen_ai.request.model=b}"].ShouldBe(1);
    }

    private static UsageEvent Of(int member, string model) => TestUsage.SubCall(Run, member) with { Model = model };
}
