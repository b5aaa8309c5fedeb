using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams;

public sealed class ThinkFilterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  plain ", "  plain ")]
    [InlineData("<think>a</think>b", "b")]
    [InlineData(" \n<think>a < b <</think>\n\n b ", "b ")]
    [InlineData("<think>never closed", "")]
    [InlineData("<think></think>", "")]
    [InlineData("<think>a</thin</think>b", "b")]
    [InlineData("<think>a</think><think>b</think>", "<think>b</think>")]
    [InlineData("x <think>a</think>", "x <think>a</think>")]
    [InlineData("<thin", "<thin")]
    [InlineData(" <thing>", " <thing>")]
    [InlineData("  ", "  ")]
    public void Push_AnyText_CutsOnlyALeadingBlock(string text, string expected) => Filter([text]).ShouldBe(expected);

    [Fact]
    public void Push_TextSplitAnywhere_GivesTheSame()
    {
        var pieces = Gen.Elements("<think>", "</think>", "<", "</", "think>", " ", "\n", "a", "bc").ListOf();
        var cases = pieces.Zip(Gen.Choose(1, 4).NonEmptyListOf());

        Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var text = string.Concat(sample.Item1);
            return Filter(Split(text, [.. sample.Item2])) == Filter([text]);
        }).QuickCheckThrowOnFailure();
    }

    private static string Filter(IEnumerable<string> pieces)
    {
        var filter = new ThinkFilter();
        return string.Concat(pieces.Select(filter.Push).ToList()) + filter.Complete();
    }

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
