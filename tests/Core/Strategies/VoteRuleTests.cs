using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Panels;
using Ensemble.Strategies;
using Ensemble.Testing;
using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Strategies;

public sealed class VoteRuleTests
{
    [Theory]
    [InlineData("7 8 8", "1 1 1", 1, true)]
    [InlineData("7 8 8", "3 1 1", 0, true)]
    [InlineData("7 8 8", "2 1 1", 0, true)]
    [InlineData("7 7 8 8", "1 1 1 1", 0, true)]
    [InlineData("8 7 7 8", "1 2 1 2", 3, true)]
    [InlineData("8 7 7 8", "2 3 1 2", 1, true)]
    [InlineData("7 8 9", "1 1 1", 0, false)]
    [InlineData("7 8 9", "1 1 2", 2, false)]
    [InlineData("7", "1", 0, true)]
    public void Decide_Answers_TheHeaviestThenTheHeaviestMembersThenTheFirstListed(string answers, string weights, int winner, bool isDecided) =>
        VoteRule.Decide(CandidateSet(answers, weights)).ShouldBe(new VoteRule.Result(winner, isDecided));

    [Theory]
    [InlineData("7 7", "1 1", 1, true)]
    [InlineData("7 7", "1 1", 2, false)]
    [InlineData("7 7 8", "1 1 1", 1, false)]
    [InlineData("7 7 8 7", "1 1 1 1", 1, true)]
    [InlineData("7 8", "1 1", 0, false)]
    [InlineData("7", "9", 1, false)]
    public void IsSettled_WeightOut_OnlyWhereItCannotChangeTheWinner(string answers, string weights, double outstandingWeight,
        bool expected) =>
        VoteRule.IsSettled(CandidateSet(answers, weights), outstandingWeight).ShouldBe(expected);

    [Fact]
    public void Decide_AnyOrder_TheSameAnswerUnlessPriorityDecides() =>
        Prop.ForAll(
            Arb.From(Gen.ListOf(Gen.Two(Gen.Choose(1, 4))).Where(list => list.Count is > 0 and < 9)),
            Arb.From(Gen.Choose(0, int.MaxValue)),
            (voters, seed) =>
            {
                var order = voters.ToArray();
                new Random(seed).Shuffle(order);
                var (first, second) = (Winner([.. voters]), Winner(order));

                // Two answers of the same weight, and as heavy a member each: those the list decides.
                return first.Result.IsDecided == second.Result.IsDecided
                    && (first.Answer == second.Answer || Ties([.. voters], first.Answer, second.Answer));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void IsSettled_Settled_NoRemainderChangesTheWinner() =>
        Prop.ForAll(
            Arb.From(Gen.ListOf(Gen.Two(Gen.Choose(1, 3))).Where(list => list.Count is > 1 and < 9)),
            Arb.From(Gen.ListOf(Gen.Two(Gen.Choose(1, 3))).Where(list => list.Count < 4)),
            (voters, late) =>
            {
                var settled = VoteRule.IsSettled(CandidateSet([.. voters]), late.Sum(voter => voter.Item2));
                return !settled || Winner([.. voters]).Answer == Winner([.. voters, .. late]).Answer;
            }).QuickCheckThrowOnFailure();

    private static bool Ties((int Answer, int Weight)[] voters, int left, int right)
    {
        return Key(left) == Key(right) || !voters.GroupBy(voter => voter.Answer).Any(group => group.Count() > 1);

        (int, int) Key(int answer) => (
            voters.Where(voter => voter.Answer == answer).Sum(voter => voter.Weight),
            voters.Where(voter => voter.Answer == answer).Max(voter => voter.Weight));
    }

    private static (VoteRule.Result Result, int Answer) Winner((int Answer, int Weight)[] voters)
    {
        var result = VoteRule.Decide(CandidateSet(voters));
        return (result, voters[result.Winner].Answer);
    }

    private static CandidateSet CandidateSet((int Answer, int Weight)[] voters) =>
        CandidateSet(string.Join(' ', voters.Select(voter => voter.Answer)), string.Join(' ', voters.Select(voter => voter.Weight)));

    private static CandidateSet CandidateSet(string answers, string weights)
    {
        var chat = RunBench.Parse(RunBench.Question);
        var candidates = answers.Split(' ').Zip(weights.Split(' ')).Select((pair, index) => new Candidate(
            new SubCallKey(SubCallStep.Candidate, index, 0), new ChatAnswer(pair.First, "stop"), double.Parse(pair.Second, System.Globalization.CultureInfo.InvariantCulture)));
        return Ensemble.Strategies.CandidateSet.Of(AnswerReader.For(chat, AnswerType.Number, tools: false),
            TestEnsembles.Of("panel", ["a", "b"], "judge"), [.. candidates]);
    }
}
