using System.Text.Json;
using System.Text.RegularExpressions;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Strategies;

namespace Ensemble.Core.Tests.Strategies;

public sealed class RouteMatchTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("  \n ", 0)]
    [InlineData("one", 1)]
    [InlineData("don't split well-known words", 4)]
    [InlineData("17 * 23 = ?", 2)]
    [InlineData("a - b ... c!", 3)]
    [InlineData("法国的首都是哪里？", 8)]
    [InlineData("用Python写", 3)]
    [InlineData("フランス", 4)]
    [InlineData("프랑스의 수도는", 2)]
    public void CountWords_Text_IsItsWords(string text, int expected) => RouteMatch.CountWords(text).ShouldBe(expected);

    [Theory]
    [InlineData(null, 3, true)]
    [InlineData(null, 2, false)]
    [InlineData(3, null, true)]
    [InlineData(4, null, false)]
    [InlineData(3, 3, true)]
    public void Matches_Words_AreCountedInclusively(int? min, int? max, bool expected) =>
        Matches(new RouteCondition { MinWords = min, MaxWords = max }, "one two three").ShouldBe(expected);

    [Theory]
    [InlineData("sum", "What is the SUM of it?", true)]
    [InlineData("sum", "a summary", false)]
    [InlineData("sum", "dissum sum", true)]
    [InlineData("sum", "checksum", false)]
    [InlineData("C#", "Is c# fast?", true)]
    [InlineData("tax law", "German Tax Law, please", true)]
    [InlineData("首都", "法国的首都是哪里", true)]
    [InlineData("straße", "Welche STRASSE?", false)]
    public void Matches_Keyword_IsAWholeWordInAnyCase(string keyword, string text, bool expected) =>
        Matches(new RouteCondition { Keywords = ["nothing", keyword] }, text).ShouldBe(expected);

    [Theory]
    [InlineData("(?i)code", null, "Some CODE", true)]
    [InlineData("(?i)code", null, "prose", false)]
    [InlineData(null, "(?i)code", "Some CODE", false)]
    [InlineData(null, "(?i)code", "prose", true)]
    [InlineData("^a", "b$", "ab", false)]
    public void Matches_Patterns_HaveBothToHold(string? matches, string? notMatches, string text, bool expected) =>
        Matches(new RouteCondition { Matches = Pattern(matches), NotMatches = Pattern(notMatches) }, text).ShouldBe(expected);

    [Fact]
    public void Matches_TextBeyondTheBound_IsNotSearched()
    {
        var text = new string(' ', RouteMatch.MaxSearched - 4) + "code code";

        Matches(new RouteCondition { Keywords = ["code"] }, text).ShouldBeTrue();
        Matches(new RouteCondition { Keywords = ["code"] }, " " + text[..^5] + "x code").ShouldBeFalse();
        Matches(new RouteCondition { Matches = Pattern("code") }, " " + text).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Matches_Images_AreLookedForInAllMessages(bool wanted, bool expected)
    {
        var chat = RunBench.Parse("""
            {"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
              {"role":"assistant","content":"A cat."},{"role":"user","content":"Is it?"}]}
            """);

        RouteMatch.Matches(new RouteCondition { HasImages = wanted }, chat).ShouldBe(expected);
        Matches(new RouteCondition { HasImages = wanted }, "no image").ShouldBe(!expected);
    }

    [Fact]
    public void Matches_SeveralMessages_LooksAtTheLastOfTheUser()
    {
        var chat = RunBench.Parse("""
            {"model":"m","messages":[{"role":"system","content":"alpha"},{"role":"user","content":"beta"},
              {"role":"user","content":[{"type":"text","text":"gamma"},{"type":"text","text":"delta"}]},{"role":"assistant","content":"epsilon"}]}
            """);

        RouteMatch.Matches(new RouteCondition { Keywords = ["gamma"], MaxWords = 2 }, chat).ShouldBeTrue();
        RouteMatch.Matches(new RouteCondition { Keywords = ["delta"] }, chat).ShouldBeTrue();
        RouteMatch.Matches(new RouteCondition { Keywords = ["alpha", "beta", "epsilon"] }, chat).ShouldBeFalse();
    }

    [Fact]
    public void Matches_NoUserMessage_HasNoWords()
    {
        var chat = RunBench.Parse("""{"model":"m","messages":[{"role":"system","content":"alpha"}]}""");

        RouteMatch.Matches(new RouteCondition { MaxWords = 0 }, chat).ShouldBeTrue();
        RouteMatch.Matches(new RouteCondition { MinWords = 1 }, chat).ShouldBeFalse();
    }

    [Fact]
    public void Matches_OneOfSeveralConditionsFails_IsNoMatch()
    {
        var when = new RouteCondition { MaxWords = 10, Keywords = ["code"], HasImages = false };

        Matches(when, "What is the code of it?").ShouldBeTrue();
        Matches(when with { MaxWords = 2 }, "What is the code of it?").ShouldBeFalse();
        Matches(when with { Keywords = ["other"] }, "What is the code of it?").ShouldBeFalse();
        Matches(when with { HasImages = true }, "What is the code of it?").ShouldBeFalse();
    }

    private static bool Matches(RouteCondition when, string text) => RouteMatch.Matches(
        when, RunBench.Parse($$"""{"model":"m","messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]}"""));

    private static Regex? Pattern(string? pattern) =>
        pattern is null ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
