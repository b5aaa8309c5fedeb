using System.Text;
using System.Text.Json;
using Ensemble.Providers.Calls;
using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams;

public sealed class ChatChoicesTests
{
    [Fact]
    public void Split_ThreeChoices_AreThreeAnswersEachItsOwn()
    {
        var answers = Split("""
            [ {"index":0,"message":{"content":"<think>hm</think> one"},"finish_reason":"stop"},
              {"finish_reason":"length","message":{"content":"two","reasoning_content":"hm"},"index": 1 , "odd":1.50},
              {"message":{"content":null,"refusal":"No."},"finish_reason":"stop"},
              {"index":3,"message":{"content":null,"tool_calls":[{"id":"c","index":7}]},"finish_reason":"tool_calls"} ]
            """);

        answers.Select(answer => (answer.Content, answer.FinishReason, answer.Refusal, answer.CallsTools)).ShouldBe(
        [
            ("one", "stop", null, false),
            ("two", "length", null, false),
            ("", "stop", "No.", false),
            ("", "tool_calls", null, true),
        ]);
        answers.Select(ChatChoices.OutcomeOf).ShouldBe([CallOutcome.Ok, CallOutcome.Ok, CallOutcome.Refused, CallOutcome.Ok]);
        answers.Select(answer => Encoding.UTF8.GetString(answer.Choices.Span)).ShouldBe(
        [
            """[{"index":0,"message":{"content":"<think>hm</think> one"},"finish_reason":"stop"}]""",
            """[{"message":{"content":"two","reasoning_content":"hm"},"index":0,"odd":1.50,"finish_reason":"length"}]""",
            """[{"index":0,"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]""",
            """[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c","index":7}]},"finish_reason":"tool_calls"}]""",
        ]);
    }

    [Theory]
    [InlineData("""[{"message":{"content":" "},"finish_reason":"length"}]""", CallOutcome.BlankAtLength)]
    [InlineData("""[{"message":{"content":"<think>so"}}]""", CallOutcome.Blank)]
    [InlineData("[{}]", CallOutcome.Blank)]
    [InlineData("""[{"message":{"content":"so"},"finish_reason":"content_filter"}]""", CallOutcome.Filtered)]
    [InlineData("""[{"index":"3","message":{"content":"so"}}]""", CallOutcome.Ok)]
    public void Split_OddChoice_IsReadAsALoneOne(string choices, CallOutcome outcome) =>
        ChatChoices.OutcomeOf(Split(choices).ShouldHaveSingleItem()).ShouldBe(outcome);

    [Fact]
    public void Split_ChoicesNotKept_IsTheAnswerItself()
    {
        var answer = new ChatAnswer("one", "stop");

        ChatChoices.Split(answer).ShouldHaveSingleItem().ShouldBeSameAs(answer);
    }

    [Fact]
    public void Split_AnyTexts_ComeBackInOrder() => Prop.ForAll<NonNull<string>[]>(texts =>
    {
        var contents = texts.Select(text => JsonDocument.Parse(JsonSerializer.Serialize($"> {text.Get}")).RootElement.GetString()).ToArray();
        var choices = JsonSerializer.Serialize(contents.Select((content, index) => new { message = new { content }, index, finish_reason = "stop" }));
        return Split(choices).Select(answer => answer.Content).SequenceEqual(contents);
    }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<ChatAnswer> Split(string choices) =>
        ChatChoices.Split(new ChatAnswer("", "") { Choices = Encoding.UTF8.GetBytes(choices) });
}
