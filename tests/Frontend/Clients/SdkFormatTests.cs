using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>The formats that callers ask for, as the official clients ask for them and read the answers.</summary>
public sealed class SdkFormatTests
{
    private const string Paris = """{"city":"Paris"}""";

    private const string Schema =
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    private static readonly ChatMessage[] Question = [new UserChatMessage("The capital of France, as JSON?")];

    /// <summary>Null stands for the direct model.</summary>
    public static TheoryData<StrategyKind?> Aliases => new() { (StrategyKind?)null, StrategyKind.Synthesize, StrategyKind.Vote };

    [Theory]
    [MemberData(nameof(Aliases))]
    public async Task DotNet_JsonObject_ComesWholeAndStreamed(StrategyKind? strategy)
    {
        await using var council = await AnsweringAsync(strategy);
        var sdk = council.Gateway.Sdk(Alias(strategy));
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat() };

        var whole = (await sdk.CompleteChatAsync(Question, options, Now.Cancel)).Value;
        var updates = await sdk.CompleteChatStreamingAsync(Question, options, Now.Cancel).ToListAsync(Now.Cancel);

        whole.Content[0].Text.ShouldBe(Paris);
        string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)).ShouldBe(Paris);
        updates.Where(update => update.Usage is not null).ShouldHaveSingleItem().Usage.TotalTokenCount.ShouldBe(whole.Usage.TotalTokenCount);
        council.Stub.Requests.ShouldAllBe(request => request.Field("response_format")!.Value.GetProperty("type").GetString() == "json_object");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Aliases))]
    public async Task Node_JsonSchemaAndObject_ComeWholeAndStreamed(StrategyKind? strategy)
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        foreach (var format in (string[])[$$$"""{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{{{Schema}}}}}""", """{"type":"json_object"}"""])
        {
            await using var council = await AnsweringAsync(strategy);
            var request = $$"""
                {"model":"{{Alias(strategy)}}","messages":[{"role":"user","content":"The capital of France, as JSON?"}],"response_format":{{format}}}
                """;
            var withUsage = request.TrimEnd()[..^1] + ",\"stream_options\":{\"include_usage\":true}}";

            var whole = await NodeSdk.WholeAsync(council.Gateway.Endpoint, "any", request, cancellationToken: Now.Cancel);
            var streamed = await NodeSdk.StreamAsync(council.Gateway.Endpoint, "any", withUsage, cancellationToken: Now.Cancel);

            whole.Error.ShouldBeNull();
            whole.Content.ShouldBe(Paris);
            streamed.Error.ShouldBeNull();
            streamed.Content.ShouldBe(Paris);
            streamed.Done.ShouldBeTrue();
            Total(streamed).ShouldBe(Total(whole));
            council.Stub.Violations.ShouldBeEmpty();
        }
    }

    private static string Alias(StrategyKind? strategy) => strategy is null ? "solo" : "council";

    private static int Total(NodeResult result) => result.Answers[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32();

    private static async Task<Council> AnsweringAsync(StrategyKind? strategy)
    {
        var council = await StrategyCouncil.StartAsync(
            strategy ?? StrategyKind.Vote, Paris, Paris, ensemble => ensemble with { Analysis = false });
        council.Model("solo").Answers(Paris);
        return council;
    }
}
