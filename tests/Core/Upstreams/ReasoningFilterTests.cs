using Ensemble.Providers.Calls;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams;

public sealed class ReasoningFilterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  plain ", "  plain ")]
    [InlineData("a < b [1] <b>c</b>", "a < b [1] <b>c</b>")]
    [InlineData("<think>a</think>b", "b")]
    [InlineData("<thinking>a</thinking>b", "b")]
    [InlineData("<THINK >a</Think>b", "b")]
    [InlineData("[THINK]a[/THINK] b", "b")]
    [InlineData("<think type=\"x\">a</think>b", "b")]
    [InlineData("<reasoning>a</reasoning>b", "b")]
    [InlineData("<mm:think>a</mm:think>b", "b")]
    [InlineData("<antThinking>a</antThinking>b", "b")]
    [InlineData("<think about <b>it</b>", "<think about <b>it</b>")]
    [InlineData(" \n<think>a < b <</think>\n\n b ", "b ")]
    [InlineData("<think>never closed", "")]
    [InlineData("<think></think>", "")]
    [InlineData("<think>a</thin</think>b", "b")]
    [InlineData("<think>a</think> <think>b</think>c", "c")]
    [InlineData("<think>a <think>b</think> c</think> d", "d")]
    [InlineData("x <think>a</think>", "x <think>a</think>")]
    [InlineData("a\n</think>\n\nb", "b")]
    [InlineData("a</think>b", "b")]
    [InlineData("  a. </thinking> b", "b")]
    [InlineData("a</think>b</think>c", "c")]
    [InlineData("a</think>", "")]
    [InlineData("a</think>b `</think>` c", "b `</think>` c")]
    [InlineData("The tag `</think>` ends it.", "The tag `</think>` ends it.")]
    [InlineData("{\"a\":\"</think>\"}", "{\"a\":\"</think>\"}")]
    [InlineData("x <thinking>a</thinking> y </thinking", "x <thinking>a</thinking> y </thinking")]
    [InlineData("[thought] a [/thought] b", "[thought] a [/thought] b")]
    [InlineData("<thin", "<thin")]
    [InlineData(" <thing>", " <thing>")]
    [InlineData("<thoughtful>", "<thoughtful>")]
    [InlineData("  ", "  ")]
    [InlineData("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b", "b")]
    [InlineData("<|start|>assistant<|channel|>analysis<|message|>a</think><|end|><|start|>assistant<|channel|>final<|message|>b<|return|>", "b")]
    [InlineData("<|channel|>analysis<|message|>a<|channel|>final<|message|>b <c> </think>", "b <c> </think>")]
    [InlineData("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>", "")]
    [InlineData("<|channel|>commentary<|message|>a<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{}<|return|>", "{}")]
    [InlineData("<|start|>assistant<|message|>b<|end|>", "b")]
    [InlineData("<|start|>user<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b", "b")]
    [InlineData("<|channel|>final<|message|>b<|end|><|start|>assistant<|channel|>analysis<|message|>a<|end|>", "b")]
    [InlineData("<|channel|>final<|message|>b<|end|><|start|>assistant<|channel|>final<|message|>c", "bc")]
    [InlineData("<|channel|>analysis<|message|>never ended", "")]
    [InlineData("a<|end|><|start|>assistant<|channel|>final<|message|>b", "b")]
    [InlineData("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>", "b")]
    [InlineData("<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>b<|end_of_solution|>", "b")]
    [InlineData("<|channel|>", "<|channel|>")]
    [InlineData("<|channel|> is a token", "<|channel|> is a token")]
    [InlineData("<|end|> ends <|x|> it.", "<|end|> ends <|x|> it.")]
    [InlineData("It writes `<|channel|>final<|message|>` then.", "It writes `<|channel|>final<|message|>` then.")]
    public void Strip_AnyText_LeavesTheAnswer(string text, string expected) => ReasoningFilter.Strip(text, out _).ShouldBe(expected);

    [Fact]
    public void Push_TextSplitAnywhere_GivesTheSameOrSaysThatItCannot()
    {
        Prop.ForAll(Cases().ToArbitrary(), sample =>
        {
            var (text, sizes) = sample;
            var whole = ReasoningFilter.Strip(text, out var isLone);
            var live = new ReasoningFilter();
            var shown = Filter(live, Split(text, sizes));
            return live.HasLeakedReasoning ? isLone : shown == whole && live.HasUnopenedClose == isLone;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Push_HoldingBack_ShowsNoThoughtWhateverTheSplit()
    {
        Prop.ForAll(Cases().ToArbitrary(), sample =>
        {
            var (text, sizes) = sample;
            var whole = ReasoningFilter.Strip(text, out _);
            var held = new ReasoningFilter(holdsBack: true);
            var shown = Filter(held, Split(text, sizes));
            return held.HasLeakedReasoning || shown == whole;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Push_HoldingBack_ShowsNothingBeforeTheTag()
    {
        var filter = new ReasoningFilter(holdsBack: true);

        filter.Push("Let me see.").ShouldBe("");
        filter.Push(" So.</thi").ShouldBe("");
        filter.Push("nk>\n").ShouldBe("");
        filter.Push("Yes").ShouldBe("Yes");
        filter.Push(", it is.").ShouldBe(", it is.");
        filter.HasLeakedReasoning.ShouldBeFalse();
    }

    [Fact]
    public void Release_ThoughtsElsewhere_ShowsWhatWasHeldBack()
    {
        var filter = new ReasoningFilter(holdsBack: true);
        filter.Push(" Yes").ShouldBe("");

        filter.Release().ShouldBe(" Yes");
        filter.Push(".").ShouldBe(".");
        filter.Complete().ShouldBe("");
    }

    [Fact]
    public void Push_TextWithoutATag_IsNotCopied()
    {
        const string Text = "word";
        var filter = new ReasoningFilter();
        filter.Push("First");

        filter.Push(Text).ShouldBeSameAs(Text);
        ReasoningFilter.Strip(Text, out _).ShouldBeSameAs(Text);
    }

    private static Gen<(string Text, int[] Sizes)> Cases()
    {
        var pieces = Gen.Elements("<think>", "</think>", "<thinking>", "</thinking >", "<", "</", "think>", " ", "\n", "a", "bc", "`", "\"", "[THINK]", "[/THINK]", "[",
            "<|channel|>analysis<|message|>", "<|channel|>final<|message|>", "<|start|>assistant", "<|end|>", "<|", "<|START_THINKING|>", "<|END_THINKING|>").ListOf();
        return pieces.Zip(Gen.Choose(1, 4).NonEmptyListOf()).Select(sample => (string.Concat(sample.Item1), sample.Item2.ToArray()));
    }

    private static string Filter(ReasoningFilter filter, IEnumerable<string> pieces) =>
        string.Concat(pieces.Select(filter.Push).ToList()) + filter.Complete();

    private static IEnumerable<string> Split(string text, int[] sizes)
    {
        for (int at = 0, turn = 0; at < text.Length; turn++)
        {
            var size = Math.Min(sizes[turn % sizes.Length], text.Length - at);
            yield return text.Substring(at, size);
            at += size;
        }
    }
}
