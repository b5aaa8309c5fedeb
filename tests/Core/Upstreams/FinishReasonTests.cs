using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams;

public sealed class FinishReasonTests
{
    private static readonly string[] OpenAis = ["stop", "length", "content_filter", "tool_calls", "function_call"];

    [Theory]
    [InlineData("stop", "eos STOP end end_turn COMPLETE stop_sequence eos_token FINISH_REASON_STOP endTurn OTHER whatever")]
    [InlineData("length", "MAX_TOKENS model_length max_output_tokens maxTokens token_limit model_context_window_exceeded FINISH_REASON_MAX_TOKENS incomplete")]
    [InlineData("content_filter", "sensitive SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT SPII content_filtered contentFilter guardrail_intervened refusal ERROR_TOXIC")]
    [InlineData("tool_calls", "tool_use tool_call TOOL_CALL toolUse")]
    [InlineData("function_call", "FUNCTION_CALL")]
    [InlineData("error", "insufficient_system_resource network_error abort cancelled MALFORMED_FUNCTION_CALL timeout ERROR internal-error")]
    [InlineData(null, "null NULL None FINISH_REASON_UNSPECIFIED not_finished")]
    public void Of_WordOfAProvider_IsWhatItMeans(string? expected, string words)
    {
        foreach (var word in words.Split(' '))
        {
            FinishReason.Of(word).ShouldBe(expected, word);
        }
    }

    [Fact]
    public void Of_AnyWord_IsTotal()
    {
        FinishReason.Of(null).ShouldBeNull();
        FinishReason.Of("").ShouldBeNull();
        FinishReason.Of(" \t").ShouldBeNull();
        FinishReason.Of(new string('A', 1 << 20)).ShouldBe("stop");
        var parts = Gen.Elements("max", "Tokens", "_", "-", "STOP", "é", "error", "x", "\ud800", " ", "filter", "null").ListOf().Select(string.Concat);

        Prop.ForAll(parts.ToArbitrary(), word => FinishReason.Of(word) is not { } reason || reason == "error" || OpenAis.Contains(reason)).QuickCheckThrowOnFailure();
    }
}
