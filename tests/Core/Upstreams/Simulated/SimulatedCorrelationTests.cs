using System.Globalization;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Simulated;

namespace Ensemble.Core.Tests.Upstreams.Simulated;

/// <summary>Errors of simulated panels, against what probability theory says of them.</summary>
public sealed class SimulatedCorrelationTests
{
    private const int Questions = 20_000;

    /// <summary>A point is at least 2.8 standard deviations of a share over so many questions.</summary>
    private const double Point = 0.01;

    private static readonly double[] Accuracies = [0.6, 0.75, 0.9];

    [Fact]
    public async Task Send_IndependentMembers_AreRightAsConfiguredAndAsAMajority()
    {
        var right = await RightAsync(Accuracies, correlation: 0);

        for (var member = 0; member < Accuracies.Length; member++)
        {
            Share(question => right[member][question]).ShouldBe(Accuracies[member], Point);
        }

        Share(question => !right[0][question] && !right[1][question]).ShouldBe(0.4 * 0.25, Point);
        Share(question => right.Count(member => member[question]) >= 2).ShouldBe(
            (0.6 * 0.75 * 0.9) + (0.6 * 0.75 * 0.1) + (0.6 * 0.25 * 0.9) + (0.4 * 0.75 * 0.9), Point);
    }

    [Fact]
    public async Task Send_HalfCorrelated_ErrTogetherOnHalfOfTheQuestions()
    {
        var right = await RightAsync(Accuracies, correlation: 0.5);

        for (var member = 0; member < Accuracies.Length; member++)
        {
            Share(question => right[member][question]).ShouldBe(Accuracies[member], Point);
        }

        Share(question => !right[0][question] && !right[1][question]).ShouldBe((0.5 * 0.25) + (0.5 * 0.4 * 0.25), Point);
    }

    [Fact]
    public async Task Send_FullyCorrelated_EqualMembersGiveTheSameAnswers()
    {
        const double accuracy = 0.6;
        var wrong = 0;
        for (var number = 0; number < 300; number++)
        {
            var answers = new HashSet<decimal?>();
            for (var member = 0; member < 3; member++)
            {
                var answer = await AskAsync(number, new SimulatedConfig { Accuracy = accuracy, Correlation = 1 }, member);
                answers.Add(answer);
            }

            wrong += answers.ShouldHaveSingleItem() == Right(number) ? 0 : 1;
        }

        wrong.ShouldBeInRange(80, 160);
    }

    private static double Share(Func<int, bool> isSo) => Enumerable.Range(0, Questions).Count(isSo) / (double)Questions;

    private static async Task<bool[][]> RightAsync(double[] accuracies, double correlation)
    {
        var right = accuracies.Select(_ => new bool[Questions]).ToArray();
        for (var member = 0; member < accuracies.Length; member++)
        {
            var config = new SimulatedConfig { Accuracy = accuracies[member], Correlation = correlation };
            for (var number = 0; number < Questions; number++)
            {
                right[member][number] = await AskAsync(number, config, member) == Right(number);
            }
        }

        return right;
    }

    /// <summary>Members differ in the model's seed and in the request's.</summary>
    private static async Task<decimal?> AskAsync(int number, SimulatedConfig config, int member)
    {
        var own = config with { Seed = member, MinLatency = TimeSpan.Zero, MaxLatency = TimeSpan.Zero, TokensPerSecond = 0 };
        return SimulatedJudge.LastNumber(await SimulatedBench.AskAsync(Question(number), own, edits: new RequestEdits().Set("seed", (long)member)));
    }

    private static string Question(int number) => string.Create(CultureInfo.InvariantCulture, $"What is {number} * 7 + 1000?");

    private static decimal Right(int number) => (number * 7) + 1000;
}
