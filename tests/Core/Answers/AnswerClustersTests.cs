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
            var (left, right) = (TermFrequencyVector.Of(one ?? ""), TermFrequencyVector.Of(other ?? ""));
            left.Similarity(right).ShouldBeInRange(0, 1);
            left.Similarity(right).ShouldBe(right.Similarity(left), 1e-5);
            if ((one ?? "").Any(char.IsLetterOrDigit))
            {
                left.Similarity(TermFrequencyVector.Of(one!)).ShouldBe(1, 1e-5);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Clusters_TypedAnswers_AreTheSameInAnyOrderUpToTheirNumbers() =>
        Prop.ForAll(Arb.From(TypedOrProse.Zip(Gen.Choose(0, int.MaxValue))), drawn =>
        {
            var (answers, seed) = drawn;
            var order = Enumerable.Range(0, answers.Length).ToArray();
            new Random(seed).Shuffle(order);
            var clusters = Typed(answers);
            var shuffled = Typed([.. order.Select(index => answers[index])]);
            shuffled.Count.ShouldBe(clusters.Count);
            for (var one = 0; one < order.Length; one++)
            {
                for (var other = 0; other < order.Length; other++)
                {
                    (shuffled.Clusters[one] == shuffled.Clusters[other]).ShouldBe(clusters.Clusters[order[one]] == clusters.Clusters[order[other]]);
                }
            }

            clusters.Clusters[0].ShouldBe(0);
            clusters.Clusters.Distinct().ShouldBe(Enumerable.Range(0, clusters.Count));
            clusters.Weights.Sum().ShouldBe(answers.Sum(answer => answer.Weight), 1e-9);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Agreement_TypedAnswers_IsOneIfAndOnlyIfThereIsOneCluster() =>
        Prop.ForAll(Arb.From(TypedOrProse.Where(answers => answers.Length > 1)), answers =>
        {
            var clusters = Typed(answers);
            clusters.Agreement!.Value.ShouldBeInRange(double.Epsilon, 1);
            (clusters.Agreement == 1).ShouldBe(clusters.Count == 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Agreement_AllWeightButAHair_IsNotUnanimous() =>
        Typed([(Number("42"), "42", 1e20), (Number("41"), "41", 1e-20)]).Agreement!.Value.ShouldBeLessThan(1);

    [Fact]
    public void Clusters_AnyTyped_LeavesProseAloneUnlessItIsTheSameText() =>
        Typed([(null, Prose, 1), (Number("42"), "It is 42.", 1), (null, Prose + " Yes.", 1), (Number("42"), "42", 1), (null, Prose, 1)])
            .Clusters.ShouldBe([0, 1, 2, 1, 0]);

    [Fact]
    public void Clusters_NobodyCallsATool_AreOfProse() =>
        Typed([(ToolCallAnswer.None, Prose, 1), (ToolCallAnswer.None, Prose.ToUpperInvariant(), 1), (ToolCallAnswer.None, "It is raining cats and dogs over there today.", 1)])
            .Clusters.ShouldBe([0, 0, 1]);

    [Fact]
    public void Clusters_OneCallsATool_TheOthersAreOfOneMind() =>
        Typed([(ToolCallAnswer.None, Prose, 1), (new TypedAnswer(TypedAnswerKind.ToolCalls, "[{}]"), "", 1), (ToolCallAnswer.None, "It is raining.", 1)])
            .Clusters.ShouldBe([0, 1, 0]);

    [Fact]
    public void Of_GivenSimilarity_IsUsedForClustersAndCentre()
    {
        double[,] alike = { { 1, 0.2, 0.9 }, { 0.2, 1, 0.7 }, { 0.9, 0.7, 1 } };
        var clusters = AnswerClusters.Of([null, null, null], ["a", "b", "c"], [1, 1, 1], threshold: 0.85, alike);
        clusters.Clusters.ShouldBe([0, 1, 0]);
        clusters.Weights.ShouldBe([2, 1]);
        clusters.Agreement!.Value.ShouldBe(2 / 3d, 1e-9);
        clusters.Centre().ShouldBe(2);
        AnswerClusters.Of([null, null, null], ["a", "b", "c"], [1, 9, 1], threshold: 0.85, alike).Centre().ShouldBe(1);
    }

    [Fact]
    public void Centre_Equals_AreInListedOrder() => Typed([(null, Prose, 1), (null, Prose, 1), (null, Prose, 1)]).Centre().ShouldBe(0);

    [Fact]
    public void Best_TypedAnswers_IsTheHeaviestClustersFirst() =>
        Typed([(Number("41"), "41", 1), (Number("42"), "42.0", 1), (null, Prose, 1), (Number("42"), "42", 1)]).Best().ShouldBe(1);

    [Fact]
    public void Of_ListsOfDifferentLength_AreRefused() =>
        Should.Throw<ArgumentException>(() => AnswerClusters.Of([null], ["a", "b"], [1, 1])).Message.ShouldContain("2 texts, 1 typed");

    [Fact]
    public void Similarity_ChineseProse_TellsLikeFromUnlike()
    {
        const string Beijing = "中国的首都是北京，它是一个历史悠久的城市，有很多著名的景点。";
        using var one = TermFrequencyVector.Of(Beijing);
        using var alike = TermFrequencyVector.Of("中国的首都是北京，它是一座历史悠久的城市，有许多著名的景点。");
        using var unlike = TermFrequencyVector.Of("今天的天气很好，我们打算去公园散步，然后一起吃晚饭。");
        one.Similarity(alike).ShouldBeGreaterThan(0.6);
        one.Similarity(unlike).ShouldBeLessThan(0.3);
    }

    private static Gen<(string Text, double Weight)[]> Answers(string[] texts) =>
        Gen.Elements(texts).Zip(Gen.Elements(0.1, 0.5, 1.0, 3.0)).ListOf().Where(answers => answers.Count is > 0 and < 9)
            .Select(answers => answers.Select(answer => (answer.Item1, answer.Item2)).ToArray());

    private static Gen<(TypedAnswer? Typed, string Text, double Weight)[]> TypedOrProse { get; } =
        Gen.Elements<(TypedAnswer?, string)>(
                (Number("42"), "42"), (Number("42"), "The answer is 42."), (Number("41"), "41"), (new TypedAnswer(TypedAnswerKind.ShortText, "42"), "“42”"), (null, Prose), (null, Prose + " Yes."), (null, "😀"))
            .Zip(Gen.Elements(0.1, 0.2, 0.3, 1.0, 3.0)).ListOf().Where(answers => answers.Count is > 0 and < 9)
            .Select(answers => answers.Select(answer => (answer.Item1.Item1, answer.Item1.Item2, answer.Item2)).ToArray());

    private static TypedAnswer Number(string text) => new(TypedAnswerKind.Number, text);

    private static AnswerClusters Typed((TypedAnswer? Typed, string Text, double Weight)[] answers) => AnswerClusters.Of(
        [.. answers.Select(answer => answer.Typed)], [.. answers.Select(answer => answer.Text)], [.. answers.Select(answer => answer.Weight)]);

    private static AnswerClusters Clusters((string Text, double Weight)[] answers) =>
        AnswerClusters.Of([.. answers.Select(answer => answer.Text)], [.. answers.Select(answer => answer.Weight)]);

    private static (string Text, double Weight)[] Shuffled((string, double)[] answers, int seed)
    {
        var copy = answers.ToArray();
        new Random(seed).Shuffle(copy);
        return copy;
    }
}
