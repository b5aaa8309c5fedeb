using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

/// <summary>Every strategy over every mix of what three members and a judge may do.</summary>
public sealed class StrategyMatrixTests
{
    private static readonly (string Name, Behaviour Does)[] Members =
    [
        ("right", Does.Assist("42")),
        ("wrong", Does.Assist("41")),
        ("prose", Does.Assist("It depends on what you mean by a product, for there are many kinds of it in this world and others.")),
        ("refuses", Does.Refuse("No.")),
        ("fails", Does.Fail(CallOutcome.ServerError, 500)),
        ("is limited", Does.RateLimit()),
        ("is silent", Does.Finish("stop", "")),
        ("times out", Does.Fail(CallOutcome.TimedOut)),
    ];

    private static readonly (string Name, Behaviour Does)[] Judges =
    [
        ("decides", Does.Assist("forty-two")),
        ("rejects", Does.Assist("forty-two", pass: false, route: "b")),
        ("babbles", Does.Say("no JSON at all")),
        ("fails", Does.Fail(CallOutcome.ServerError, 500)),
        ("is limited", Does.RateLimit()),
        ("refuses", Does.Refuse("No.")),
    ];

    public static TheoryData<StrategyKind, bool> Strategies => new(
        Enum.GetValues<StrategyKind>().SelectMany(strategy => new[] { (strategy, false), (strategy, true) }));

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Execute_EveryMixOfOutcomes_EndsOnceWithAnAnswerOrAReasonAndItsAccounts(StrategyKind strategy, bool streamed)
    {
        foreach (var a in Members)
        {
            foreach (var b in Members)
            {
                foreach (var c in Members)
                {
                    foreach (var judge in Judges)
                    {
                        await EndsAsync(strategy, streamed, [a, b, c], judge);
                    }
                }
            }
        }
    }

    private static async Task EndsAsync(StrategyKind strategy, bool streamed, (string Name, Behaviour Does)[] members, (string Name, Behaviour Does) judge)
    {
        var bench = new RunBench(TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge"));
        bench.Upstream.On("a", members[0].Does).On("b", members[1].Does).On("c", members[2].Does).On("judge", judge.Does);

        var outcome = await bench.RunAsync(streamed ? RunBench.StreamedQuestion : RunBench.Question);

        var mix = $"{strategy}, streamed {streamed}: {string.Join(", ", members.Select(member => member.Name))}; judge {judge.Name}";
        outcome.Events.Count(runEvent => runEvent is RunCompleted or RunFailed).ShouldBe(1, mix);
        var shown = string.Concat(outcome.Events.OfType<AnswerDelta>().Select(delta => delta.Text));
        switch (outcome.Events[^1])
        {
            case RunCompleted completed:
                (shown.Length > 0 || completed.Answer.Refusal is not null).ShouldBeTrue(mix);
                break;
            case RunFailed failed:
                failed.Failure.Kind.ShouldNotBe(RunFailureKind.InternalError, mix);
                shown.ShouldBeEmpty(mix);
                break;
        }

        outcome.Manifest.SubCalls.Count.ShouldBe(bench.Usage.Count, mix);
        outcome.Manifest.SubCalls.Select(subCall => subCall.Usage.Key).Distinct().Count().ShouldBe(outcome.Manifest.SubCalls.Count, mix);
        bench.Upstream.Calls.Count.ShouldBe(outcome.Manifest.SubCalls.Sum(subCall => subCall.Usage.Attempts), mix);

        // Where all three could be used and the judge does its work there is an answer, whatever the strategy.
        if (members.All(member => member.Name is "right" or "wrong" or "prose") && judge.Name is "decides" or "rejects")
        {
            outcome.Events[^1].ShouldBeOfType<RunCompleted>(mix);
        }
    }
}
