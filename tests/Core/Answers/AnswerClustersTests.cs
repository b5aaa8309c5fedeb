using Ensemble.Answers;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Answers;

public sealed class AnswerClustersTests
{
    private const string Prose = "The capital of France is Paris, which lies on the river Seine in the north of the country.";

    private static Gen<(string Text, double Weight)[]> Short { get; } = Answers(["42", "42.", "41", "yes", "No", "**42**", "Paris"]);

    private static Gen<(string Text, double Weight)[]> Any { get; } = Answers(
        ["42", "41", Prose, Prose + " It is large.", "It is raining cats and dogs over there today, so take an umbrella with you.", "😀 😀 😀 😀 😀 😀 😀 😀 😀"]);

    [Fact]
    public void Agreement_AnyAnswers_IsBetweenZeroAndOneWhateverTheOrder() =>
        Prop.ForAll(Arb.From(Any.Zip(Gen.Choose(0, int.MaxValue))), drawn =>
        {
            var (answers, seed) = drawn;
            var agreement = Clusters(answers).Agreement;
            if (answers.Length < 2)
            {
                agreement.ShouldBeNull();
                return;
            }

            agreement!.Value.ShouldBeInRange(double.Epsilon, 1);
            agreement.Value.ShouldBe(Clusters(Shuffled(answers, seed)).Agreement!.Value, 1e-9);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Agreement_ShortAnswers_IsOneIfAndOnlyIfAllSayTheSame() =>
        Prop.ForAll(Arb.From(Short.Where(answers => answers.Length > 1)), answers =>
            (Clusters(answers).Agreement == 1).ShouldBe(answers.Select(answer => AnswerText.Short(answer.Text)).Distinct().Count() == 1))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Best_ShortAnswers_IsOneOfTheHeaviestWhateverTheOrder() =>
        Prop.ForAll(Arb.From(Short.Zip(Gen.Choose(0, int.MaxValue))), drawn =>
        {
            var (answers, seed) = drawn;
            var shuffled = Shuffled(answers, seed);
            var best = AnswerText.Short(shuffled[Clusters(shuffled).Best()].Text)!;
            var weights = answers.GroupBy(answer => AnswerText.Short(answer.Text)!).ToDictionary(
                group => group.Key, group => (Weight: group.Sum(answer => answer.Weight), Count: group.Count()));
            var heaviest = weights.Values.Max(entry => entry.Weight);
            if (weights.Values.Where(entry => entry.Weight >= heaviest - 1e-9).All(entry => entry.Count > 1))
            {
                weights[best].Weight.ShouldBe(heaviest, 1e-9);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Best_Prose_IsTheAnswerNearestToAllWhateverTheOrder()
    {
        (string, double)[] answers =
        [
            (Prose, 1), (Prose + " Some nine million people live in and around it.", 1), ("Nobody can know this; ask somebody else who is wiser than I am, please.", 1),
            (Prose + " It is large.", 1),
        ];
        var expected = answers[Clusters(answers).Best()].Item1;
        expected.ShouldStartWith(Prose);
        for (var seed = 0; seed < 20; seed++)
        {
            var shuffled = Shuffled(answers, seed);
            shuffled[Clusters(shuffled).Best()].Text.ShouldBe(expected);
        }
    }

    [Fact]
    public void Best_Weights_DecideAVote() =>
        Clusters([("41", 1), ("42", 1.5), ("41.", 1), ("42", 1.5)]).Best().ShouldBe(1);

    [Fact]
    public void Best_Tie_GoesToTheListedFirst() => Clusters([("b", 1), ("a", 1), ("a", 1), ("b", 1)]).Best().ShouldBe(0);

    [Fact]
    public void Agreement_AlikeProse_IsOneCluster() =>
        Clusters([(Prose, 1), (Prose.ToUpperInvariant(), 1), ("It is raining cats and dogs over there today, so take an umbrella.", 2)]).Agreement.ShouldBe(0.5);

    [Fact]
    public void Similarity_AnyTexts_IsSymmetricAndWithinBounds() =>
        Prop.ForAll<string?, string?>((one, other) =>
        {
            var (left, right) = (TermVector.Of(one ?? ""), TermVector.Of(other ?? ""));
            left.Similarity(right).ShouldBeInRange(0, 1);
            left.Similarity(right).ShouldBe(right.Similarity(left), 1e-5);
            if ((one ?? "").Any(char.IsLetterOrDigit))
            {
                left.Similarity(TermVector.Of(one!)).ShouldBe(1, 1e-5);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<(string Text, double Weight)[]> Answers(string[] texts) =>
        Gen.Elements(texts).Zip(Gen.Elements(0.1, 0.5, 1.0, 3.0)).ListOf().Where(answers => answers.Count is > 0 and < 9)
            .Select(answers => answers.Select(answer => (answer.Item1, answer.Item2)).ToArray());

    private static AnswerClusters Clusters((string Text, double Weight)[] answers) =>
        AnswerClusters.Of([.. answers.Select(answer => answer.Text)], [.. answers.Select(answer => answer.Weight)]);

    private static (string Text, double Weight)[] Shuffled((string, double)[] answers, int seed)
    {
        var copy = answers.ToArray();
        new Random(seed).Shuffle(copy);
        return copy;
    }
}
