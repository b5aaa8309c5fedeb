using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>Every strategy, as OpenAI's own clients see it.</summary>
public sealed class StrategySdkTests
{
    private const string Schema =
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    private static readonly ChatMessage[] Question = [new UserChatMessage("The capital of France?")];

    public static TheoryData<StrategyKind> Strategies => StrategyCouncil.Strategies;

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task DotNet_WholeAndStreamed_GiveTheAnswerAndItsUsage(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);
        var sdk = council.Gateway.Sdk("council");

        var whole = (await sdk.CompleteChatAsync(Question, cancellationToken: Now.Cancel)).Value;
        var updates = await sdk.CompleteChatStreamingAsync(Question, cancellationToken: Now.Cancel).ToListAsync(Now.Cancel);

        whole.Content[0].Text.ShouldBe(Expected(strategy));
        whole.FinishReason.ShouldBe(ChatFinishReason.Stop);
        whole.Model.ShouldBe("council");
        whole.Usage.TotalTokenCount.ShouldBe(StrategyCouncil.Tokens(strategy));
        string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)).ShouldBe(Expected(strategy));
        updates[0].Role.ShouldBe(ChatMessageRole.Assistant);
        updates.Select(update => update.CompletionId).Distinct().ShouldHaveSingleItem().ShouldMatch("^chatcmpl-[0-9a-f]{32}$");
        updates.Where(update => update.FinishReason is not null).ShouldHaveSingleItem().FinishReason.ShouldBe(ChatFinishReason.Stop);
        updates.Where(update => update.Usage is not null).ShouldHaveSingleItem().Usage.TotalTokenCount.ShouldBe(StrategyCouncil.Tokens(strategy));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task DotNet_JsonSchema_ComesThroughWholeAndStreamed(StrategyKind strategy)
    {
        const string Answer = """{"city":"Paris"}""";
        await using var council = await StrategyCouncil.StartAsync(strategy, Answer, Answer);
        var sdk = council.Gateway.Sdk("council");
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(Schema), jsonSchemaIsStrict: true),
        };

        var whole = (await sdk.CompleteChatAsync(Question, options, Now.Cancel)).Value;
        var updates = await sdk.CompleteChatStreamingAsync(Question, options, Now.Cancel).ToListAsync(Now.Cancel);

        City(whole.Content[0].Text).ShouldBe("Paris");
        City(string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text))).ShouldBe("Paris");
        whole.Usage.TotalTokenCount.ShouldBe(StrategyCouncil.Tokens(strategy));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Node_WholeAndStreamed_GiveTheAnswerAndItsUsage(StrategyKind strategy)
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        await using var council = await StrategyCouncil.StartAsync(strategy);
        const string Streamed = """{"model":"council","messages":[{"role":"user","content":"The capital of France?"}],"stream_options":{"include_usage":true}}""";

        var whole = await NodeSdk.WholeAsync(council.Gateway.Endpoint, "any", Council.Ask, cancellationToken: Now.Cancel);
        var streamed = await NodeSdk.StreamAsync(council.Gateway.Endpoint, "any", Streamed, cancellationToken: Now.Cancel);

        whole.Error.ShouldBeNull();
        whole.Content.ShouldBe(Expected(strategy));
        Total(whole).ShouldBe(StrategyCouncil.Tokens(strategy));
        streamed.Error.ShouldBeNull();
        streamed.Done.ShouldBeTrue();
        streamed.Content.ShouldBe(Expected(strategy));
        Total(streamed).ShouldBe(StrategyCouncil.Tokens(strategy));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Answer_NamesNobodyAndItsManifestNamesTheStrategy(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);

        var whole = await council.Gateway.ChatAsync(Council.Ask);
        using var stream = await council.Gateway.StreamAsync(Council.AskStreamed);
        var lines = await stream.RestAsync();
        var manifest = (await council.Gateway.GetAsync($"/v1/runs/{whole.Completion}")).Json;

        Council.ShouldNameNobody(whole.Everything);
        Council.ShouldNameNobody(string.Join('\n', lines) + stream.Response.Headers);
        lines[^1].ShouldBe("data: [DONE]");
        whole.Header("x-ensemble-degraded").ShouldBeNull();
        manifest.GetProperty("strategy").GetString().ShouldBe(JsonNamingPolicy.SnakeCaseLower.ConvertName(strategy.ToString()));
        manifest.GetProperty("outcome").GetString().ShouldBe("completed");
        manifest.GetProperty("degraded").GetArrayLength().ShouldBe(0);

        // Also where a judge writes: it compares the answers first.
        manifest.GetProperty("decisions").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Confidence_Logprobs_GivesTheSurestAnswerWithoutThem()
    {
        await using var council = await StrategyCouncil.StartAsync(
            StrategyKind.Confidence, shape: ensemble => ensemble with { Confidence = new ConfidenceConfig(ConfidenceSource.Logprobs) });
        council.Model("quokka").Default = Sure("Lyon.", -1.5);
        council.Model("numbat").Default = Sure("Paris.", -0.01);
        council.Model("wombat").Default = StubReply.Text("Nice.");

        var answer = await council.Gateway.ChatAsync(Council.Ask);
        var streamed = await council.Gateway.Sdk("council").CompleteChatStreamingAsync(Question, cancellationToken: Now.Cancel).ToListAsync(Now.Cancel);

        answer.Content.ShouldBe("Paris.");
        answer.Choice.GetProperty("logprobs").ValueKind.ShouldBe(JsonValueKind.Null);
        string.Concat(streamed.SelectMany(update => update.ContentUpdate).Select(part => part.Text)).ShouldBe("Paris.");
        council.Stub.Requests.ShouldAllBe(request => request.Field("logprobs")!.Value.GetBoolean());
        council.Stub.Violations.ShouldBeEmpty();
    }

    private static StubReply Sure(string text, double logprob) => StubReply.RawBody(
        200,
        JsonSerializer.Serialize(new
        {
            id = "x",
            @object = "chat.completion",
            created = 1,
            model = "x",
            choices = new[]
            {
                new
                {
                    index = 0,
                    message = new { role = "assistant", content = text },
                    logprobs = new { content = new[] { new { token = text, logprob, bytes = (int[]?)null, top_logprobs = Array.Empty<object>() } } },
                    finish_reason = "stop",
                },
            },
            usage = new { prompt_tokens = 10, completion_tokens = 5, total_tokens = 15 },
        }),
        "application/json");

    private static string Expected(StrategyKind strategy) => StrategyCouncil.IsJudges(strategy) ? "It is Paris." : "Paris.";

    private static int Total(NodeResult result) => result.Answers[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32();

    private static string? City(string json) => JsonElement.Parse(json).GetProperty("city").GetString();
}
