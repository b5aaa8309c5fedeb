using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

public sealed class VerifyTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Verify, "panel", ["a", "b", "c"], "judge"));

    public VerifyTests() => _bench.Upstream.On("a", Does.Say("the draft")).On("b", Does.Say("the better one"));

    [Fact]
    public async Task Execute_AuditPasses_ThePrimarysAnswer()
    {
        _bench.Upstream.On("judge", Does.Assist(""));

        (await _bench.RunAsync()).Text.ShouldBe("the draft");
        _bench.Upstream.CallsOf("b").ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_AuditFails_TheEscalationIsToldWhy()
    {
        _bench.Upstream.On("judge", Does.Assist("", pass: false));

        var outcome = await _bench.RunAsync(RunBench.StreamedQuestion);

        outcome.Text.ShouldBe("the better one");
        var messages = _bench.Upstream.Sent("b")["messages"]!.AsArray();
        messages[^1]!["content"]!.GetValue<string>().ShouldContain("The sum is wrong.");
        messages[^1]!["content"]!.GetValue<string>().ShouldContain("the draft");
        outcome.Manifest.Decisions.Select(decision => decision.Verdict).ShouldBe(["rejected", "escalated"]);
    }

    [Theory]
    [InlineData(OnVerifierFailure.Escalate, "the better one")]
    [InlineData(OnVerifierFailure.Accept, "the draft")]
    public async Task Execute_VerifierFails_AsConfigured(OnVerifierFailure rule, string expected)
    {
        _bench.Ensemble = _bench.Ensemble with { Verify = _bench.Ensemble.Verify! with { OnVerifierFailure = rule } };
        _bench.Upstream.On("judge", Does.Fail(CallOutcome.ServerError, 500));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe(expected);
        outcome.Manifest.Degraded.ShouldBe(rule == OnVerifierFailure.Accept ? ["verifier_failed"] : []);
    }

    [Fact]
    public async Task Execute_PrimaryFails_TheEscalationAnswersUnprompted()
    {
        _bench.Upstream.On("a", Does.Fail(CallOutcome.ServerError, 500)).On("judge", Does.Assist(""));

        (await _bench.RunAsync()).Text.ShouldBe("the better one");
        _bench.Upstream.Sent("b")["messages"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_EscalationFails_TheDraftMarked()
    {
        _bench.Upstream.On("b", Does.Fail(CallOutcome.ServerError, 500)).On("judge", Does.Assist("", pass: false));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("the draft");
        outcome.Manifest.Degraded.ShouldBe(["escalation_failed"]);
    }
}
