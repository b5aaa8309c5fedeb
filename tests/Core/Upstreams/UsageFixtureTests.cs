using Ensemble.Chat;
using Ensemble.Core.Tests.Upstreams.Anthropic;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams;

/// <summary>Usage objects as providers send them, and what each dialect makes of them: one count for all.</summary>
public sealed class UsageFixtureTests
{
    private static readonly Dictionary<string, (string Usage, TokenUsage Expected)> OpenAiServers = new()
    {
        ["openai"] = (
            """
            {"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},
            "completion_tokens_details":{"reasoning_tokens":192,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}
            """,
            new TokenUsage(2006, 300)
            {
                CachedTokens = 1920,
                ReasoningTokens = 192,
                PromptAudioTokens = 0,
                CompletionAudioTokens = 0,
                AcceptedPredictionTokens = 0,
                RejectedPredictionTokens = 0,
            }),
        ["azure"] = (
            """
            {"completion_tokens":1518,"completion_tokens_details":{"accepted_prediction_tokens":null,"audio_tokens":null,"reasoning_tokens":576,"rejected_prediction_tokens":null},
            "prompt_tokens":1566,"prompt_tokens_details":{"audio_tokens":null,"cached_tokens":1408},"total_tokens":3084}
            """,
            new TokenUsage(1566, 1518) { CachedTokens = 1408, ReasoningTokens = 576 }),
        ["deepseek"] = (
            """
            {"prompt_tokens":1000,"completion_tokens":40,"total_tokens":1040,"prompt_cache_hit_tokens":832,"prompt_cache_miss_tokens":168,
            "completion_tokens_details":{"reasoning_tokens":30}}
            """,
            new TokenUsage(1000, 40) { CachedTokens = 832, ReasoningTokens = 30 }),
        ["deepseek, both names"] = (
            """{"prompt_tokens":1000,"completion_tokens":40,"total_tokens":1040,"prompt_tokens_details":{"cached_tokens":832},"prompt_cache_hit_tokens":832,"prompt_cache_miss_tokens":168}""",
            new TokenUsage(1000, 40) { CachedTokens = 832 }),
        ["gemini, thoughts in the total alone"] = (
            """{"completion_tokens":198,"prompt_tokens":20,"total_tokens":623}""",
            new TokenUsage(20, 603) { ReasoningTokens = 405 }),
        ["gemini, nothing but thoughts"] = (
            """{"prompt_tokens":21,"total_tokens":81,"completion_tokens":0,"completion_tokens_details":{"reasoning_tokens":60},"prompt_tokens_details":{"cached_tokens":16}}""",
            new TokenUsage(21, 60) { ReasoningTokens = 60, CachedTokens = 16 }),
        ["xai"] = (
            """
            {"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"prompt_tokens_details":{"text_tokens":32,"audio_tokens":0,"image_tokens":0,"cached_tokens":6},
            "completion_tokens_details":{"reasoning_tokens":94,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"num_sources_used":0}
            """,
            new TokenUsage(32, 103)
            {
                CachedTokens = 6,
                ReasoningTokens = 94,
                PromptAudioTokens = 0,
                CompletionAudioTokens = 0,
                AcceptedPredictionTokens = 0,
                RejectedPredictionTokens = 0,
            }),
        ["openrouter"] = (
            """
            {"completion_tokens":120,"completion_tokens_details":{"reasoning_tokens":100},"cost":0.0095,"cost_details":{"upstream_inference_cost":0.0095},
            "prompt_tokens":1940,"prompt_tokens_details":{"cached_tokens":1000,"cache_write_tokens":900,"audio_tokens":0},"total_tokens":2060}
            """,
            new TokenUsage(1940, 120) { CachedTokens = 1000, CacheWriteTokens = 900, ReasoningTokens = 100, PromptAudioTokens = 0 }),
        ["litellm"] = (
            """
            {"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_tokens_details":{"cached_tokens":60},"cache_creation_input_tokens":30,
            "cache_read_input_tokens":60}
            """,
            new TokenUsage(100, 5) { CachedTokens = 60, CacheWriteTokens = 30 }),
        ["moonshot"] = (
            """{"prompt_tokens":300,"completion_tokens":20,"total_tokens":320,"cached_tokens":256}""",
            new TokenUsage(300, 20) { CachedTokens = 256 }),
        ["vllm"] = (
            """{"prompt_tokens":11,"total_tokens":13,"completion_tokens":2,"prompt_tokens_details":null}""",
            new TokenUsage(11, 2)),
        ["a total that no reasoning explains"] = (
            """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":99,"completion_tokens_details":{"reasoning_tokens":3}}""",
            new TokenUsage(10, 5) { ReasoningTokens = 3 }),
    };

    private static readonly TokenUsage Claude = new(3210, 40) { CachedTokens = 3000, CacheWriteTokens = 200, ReasoningTokens = 30 };

    public static TheoryData<string, bool> Servers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in OpenAiServers.Keys)
            {
                data.Add(name, false);
                data.Add(name, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Send_UsageOfAServerOfOpenAisDialect_IsCountedAsOpenAiCounts(string server, bool streamed)
    {
        var (usage, expected) = OpenAiServers[server];
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Enqueue(streamed
            ? StubReply.Stream(StubStep.Delta("yes"), StubStep.Finish(), StubStep.Raw($$"""{"choices":[],"usage":{{usage.ReplaceLineEndings("")}}}"""), StubStep.Done())
            : StubReply.RawBody(200, $$"""{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}],"usage":{{usage}}}""", "application/json"));

        var result = streamed ? await harness.StreamAsync(new RecordingSink()) : await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Usage.ShouldBe(expected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_UsageOfAnthropic_HasItsCacheWithinThePrompt(bool streamed)
    {
        await using var harness = await AnthropicHarness.StartAsync();
        harness.Served.Enqueue(streamed
            ? StubReply.Stream(
                AnthropicStep.Start(inputTokens: 10, cacheRead: 3000, cacheWritten: 200),
                AnthropicStep.TextStart(0),
                AnthropicStep.Text(0, "yes"),
                AnthropicStep.Stop(0),
                StubStep.Event(
                    "message_delta",
                    """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":40,"output_tokens_details":{"thinking_tokens":30}}}"""),
                AnthropicStep.Done())
            : StubReply.RawBody(
                200,
                """
                {"content":[{"type":"text","text":"yes"}],"stop_reason":"end_turn","usage":{"input_tokens":10,"cache_creation_input_tokens":200,"cache_read_input_tokens":3000,
                "cache_creation":{"ephemeral_5m_input_tokens":200,"ephemeral_1h_input_tokens":0},"output_tokens":40,"output_tokens_details":{"thinking_tokens":30}}}
                """,
                "application/json"));

        var result = streamed ? await harness.StreamAsync(new RecordingSink()) : await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Usage.ShouldBe(Claude);
    }
}
