using Ensemble.Answers;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Answers;

public sealed class PhrasesTests
{
    private static readonly string[] Some = ["what is ", "####", "\nA:", "réponse", "ответ", "答:", "几", "%", "\u0001"];

    private static readonly string[] Pieces = [.. Some, "WHAT IS ", "RÉPONSE", "Ответ", "what", " ", "é", "#", "A:", "\n", "x", "–", "’", "的", "\U0001F600"];

    private readonly Phrases _phrases = Phrases.Of(Some);

    private static Gen<string> Texts { get; } = Gen.Elements(Pieces).ListOf().Select(string.Concat);

    [Fact]
    public void For_AnyText_FindsWhatOneByOneSearchFinds() =>
        Prop.ForAll(Arb.From(Texts), text =>
        {
            var places = Some.Select(phrase => text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase)).Where(place => place >= 0).ToArray();

            text.AsSpan().IndexOfAny(_phrases.For(text)).ShouldBe(places.Length == 0 ? -1 : places.Min());
            _phrases.IsIn(text).ShouldBe(places.Length > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("Calculate WHAT IS left", true)]
    [InlineData("LA RÉPONSE", true)]
    [InlineData("la reponse – ‘what’s’", false)]
    [InlineData("", false)]
    public void IsIn_Text_IgnoresCase(string text, bool isIn) => _phrases.IsIn(text).ShouldBe(isIn);
}
