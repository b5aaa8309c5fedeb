using System.Text.RegularExpressions;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Core.Tests.Upstreams.Simulated;
using Ensemble.Panels;
using Ensemble.Strategies;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

/// <summary>How often a vote of simulated members is right, against what probability theory says.</summary>
public sealed class VoteAccuracyTests
{
    private const int Questions = 12_000;

    /// <summary>A point is at least two standard deviations of a share over so many questions; the questions are always the same.</summary>
    private const double Point = 0.01;

    private static readonly double[] Accuracies = [0.6, 0.65, 0.7, 0.75, 0.85];

    [Fact]
    public async Task Decide_IndependentErrors_AsOftenRightAsAMajority()
    {
        double[] equal = [.. Accuracies.Select(_ => 1d)];

        (await ShareRightAsync(Accuracies, equal, correlation: 0)).ShouldBe(ClosedForm(Accuracies, equal), Point);
    }

    [Fact]
    public async Task Decide_WeightsByLogOdds_AsOftenRightAsTheBestWeightsAre()
    {
        double[] weights = [.. Accuracies.Select(accuracy => Math.Log(accuracy / (1 - accuracy)))];
        var expected = ClosedForm(Accuracies, weights);

        expected.ShouldBeGreaterThan(ClosedForm(Accuracies, [.. Accuracies.Select(_ => 1d)]));
        (await ShareRightAsync(Accuracies, weights, correlation: 0)).ShouldBe(expected, Point);
    }

    [Fact]
    public async Task Decide_IdenticalErrors_NoGain()
    {
        double[] accuracies = [0.7, 0.7, 0.7];

        (await ShareRightAsync(accuracies, [1, 1, 1], correlation: 1)).ShouldBe(0.7, Point);
        (await ShareRightAsync(accuracies, [1, 1, 1], correlation: 0)).ShouldBe(ClosedForm(accuracies, [1, 1, 1]), Point);
    }

    /// <summary>Over all ways in which the members may be right or wrong, where all who are wrong say the same.</summary>
    private static double ClosedForm(double[] accuracies, double[] weights)
    {
        var share = 0d;
        for (var outcome = 0; outcome < 1 << accuracies.Length; outcome++)
        {
            var (probability, margin) = (1d, 0d);
            for (var member = 0; member < accuracies.Length; member++)
            {
                var isRight = (outcome >> member & 1) == 1;
                probability *= isRight ? accuracies[member] : 1 - accuracies[member];
                margin += isRight ? weights[member] : -weights[member];
            }

            share += margin > 0 ? probability : 0;
        }

        return share;
    }

    private static async Task<double> ShareRightAsync(double[] accuracies, double[] weights, double correlation)
    {
        var answers = new[] { new SimulatedAnswer(new Regex("", RegexOptions.NonBacktracking), "The answer is 7.", ["The answer is 8."]) };
        var reader = AnswerReader.For(RunBench.Parse(RunBench.Question), AnswerType.Number, tools: false);
        var ensemble = TestEnsembles.Of("panel", ["a", "b"], "judge");
        var right = 0;
        for (var question = 0; question < Questions; question++)
        {
            var candidates = new Candidate[accuracies.Length];
            for (var member = 0; member < candidates.Length; member++)
            {
                var config = SimulatedBench.AtOnce with { Seed = member, Accuracy = accuracies[member], Correlation = correlation, Answers = answers };
                var text = await SimulatedBench.AskAsync($"Question {question}?", config, edits: new RequestEdits().Set("seed", (long)member));
                candidates[member] = new Candidate(new SubCallKey(SubCallStep.Candidate, member, 0), new ChatAnswer(text, "stop"), weights[member]);
            }

            var candidateSet = CandidateSet.Of(reader, ensemble, candidates);
            right += candidateSet.Typed[VoteRule.Decide(candidateSet).Winner]!.Text == "7" ? 1 : 0;
        }

        return right / (double)Questions;
    }
}
