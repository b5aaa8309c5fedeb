using System.ClientModel;
using System.Net;
using Ensemble.Catalog;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>Models of Azure OpenAI, asked through the gateway with OpenAI's own client.</summary>
public sealed class AzureTests
{
    private const string Key = "azure-key-of-the-operator";
    private const string Results = """{"hate":{"filtered":false,"severity":"safe"}}""";
    private const string Blocked = """{"error":{"message":"The prompt was stopped by Azure OpenAI's filter.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}""";

    private static readonly StubStep[] Stream =
    [
        StubStep.Raw($$$"""{"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{{Results}}}}]}"""),
        StubStep.Raw("""{"id":"chatcmpl-az","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"""),
        StubStep.Raw("""{"id":"chatcmpl-az","choices":[{"index":0,"delta":{"content":"Par"},"finish_reason":null}]}"""),
        StubStep.Raw($$$"""{"id":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{{{Results}}},"content_filter_offsets":{"check_offset":3,"start_offset":0,"end_offset":3}}]}"""),
        StubStep.Raw("""{"id":"chatcmpl-az","choices":[{"index":0,"delta":{"content":"is."},"finish_reason":null}]}"""),
        StubStep.Raw("""{"id":"chatcmpl-az","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""),
        StubStep.Raw($$$"""{"id":"","choices":[{"index":0,"delta":null,"finish_reason":null,"content_filter_results":{{{Results}}}}]}"""),
        StubStep.Raw("""{"id":"chatcmpl-az","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}"""),
        StubStep.Done(),
    ];

    [Theory]
    [InlineData(StubAzure.Deployments, "council", "It is Paris.", 60)]
    [InlineData(StubAzure.Deployments, "solo", "Paris, I think.", 15)]
    [InlineData(StubAzure.V1, "council", "It is Paris.", 60)]
    [InlineData(StubAzure.V1, "solo", "Paris, I think.", 15)]
    public async Task Sdk_WholeAndStreamed_GivesTheAnswer(StubAzure form, string alias, string text, int tokens)
    {
        await using var council = await StartAsync(form);
        var client = council.Gateway.Sdk(alias);

        var whole = (await client.CompleteChatAsync([new UserChatMessage("The capital of France?")], cancellationToken: Now.Cancel)).Value;
        var streamed = await TextAsync(client);

        whole.Content[0].Text.ShouldBe(text);
        whole.Usage.TotalTokenCount.ShouldBe(tokens);
        streamed.ShouldBe((text, ChatFinishReason.Stop));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("council")]
    [InlineData("solo")]
    public async Task Sdk_StreamWithFilterResults_GivesTheText(string alias)
    {
        await using var council = await StartAsync(StubAzure.Deployments);
        council.Model(Council.Judge).Default = StubReply.Stream(Stream);
        council.Model("solo").Default = StubReply.Stream(Stream);

        (await TextAsync(council.Gateway.Sdk(alias))).ShouldBe(("Paris.", ChatFinishReason.Stop));
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_FilterResults_ReachCallersOfAModelAndNotOfAnEnsemble()
    {
        await using var council = await StartAsync(StubAzure.Deployments);
        council.Model(Council.Judge).Default = StubReply.Stream(Stream);
        council.Model("solo").Default = StubReply.Stream(Stream);

        using var ensemble = await council.Gateway.StreamAsync(Council.AskStreamed);
        using var direct = await council.Gateway.StreamAsync(Council.AskSoloStreamed);

        string.Concat(await ensemble.RestAsync()).ShouldNotContain("filter");
        string.Concat(await direct.RestAsync()).ShouldContain("content_filter_results");
    }

    [Fact]
    public async Task Prompt_ThatTheFilterStops_IsAFilteredAnswerOfTheEnsemble()
    {
        await using var council = await StartAsync(StubAzure.Deployments);
        council.AllMembers(StubReply.RawBody(400, Blocked, "application/json"));

        var completion = (await council.Gateway.Sdk("council").CompleteChatAsync([new UserChatMessage("?")], cancellationToken: Now.Cancel)).Value;
        var answer = await council.Gateway.ChatAsync(Council.Ask);

        completion.FinishReason.ShouldBe(ChatFinishReason.ContentFilter);
        answer.Status.ShouldBe(HttpStatusCode.OK);
        Council.ShouldNameNobody(answer.Everything);
        answer.Everything.ShouldNotContain("Azure", Case.Insensitive);
    }

    [Fact]
    public async Task Prompt_ThatTheFilterStopsForOneMember_LeavesTheOthersAnswers()
    {
        await using var council = await StartAsync(StubAzure.Deployments);
        council.Model("quokka").Default = StubReply.RawBody(400, Blocked, "application/json");

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        var calls = (await council.Gateway.GetAsync($"/v1/runs/{answer.Header("x-ensemble-run-id")}")).Json.GetProperty("sub_calls");
        calls.EnumerateArray().Count(call => call.GetProperty("outcome").GetString() == "filtered").ShouldBe(1);
    }

    [Theory]
    [InlineData(Council.AskSolo)]
    [InlineData(Council.AskSoloStreamed)]
    public async Task Prompt_ThatTheFilterStopsForAModel_Is400WithItsCode(string ask)
    {
        await using var council = await StartAsync(StubAzure.Deployments);
        council.Model("solo").Default = StubReply.RawBody(400, Blocked, "application/json");

        var answer = await council.Gateway.ChatAsync(ask);

        answer.ShouldBeError(400, "invalid_request_error", "content_filter", "prompt").Message.ShouldNotContain("Azure");
        var exception = await Should.ThrowAsync<ClientResultException>(() =>
            council.Gateway.Sdk("solo").CompleteChatAsync([new UserChatMessage("?")], cancellationToken: Now.Cancel));
        exception.Status.ShouldBe(400);
    }

    [Fact]
    public async Task Deployment_ThatIsNotThere_Is502ForGood()
    {
        await using var council = await StartAsync(StubAzure.Deployments, model => model with { Model = "nobody" });

        var answer = await council.Gateway.ChatAsync(Council.AskSolo);

        answer.Status.ShouldBe(HttpStatusCode.BadGateway);
        answer.Header("x-should-retry").ShouldBe("false");
    }

    private static Task<Council> StartAsync(StubAzure form, Func<ModelConfig, ModelConfig>? model = null) => Council.StartAsync(
        model: config =>
        {
            var azure = config with
            {
                Provider = ProviderKind.AzureOpenAi,
                ApiVersion = form == StubAzure.Deployments ? "2024-10-21" : null,
                ApiKey = new SecretReference(SecretSource.Environment, "AZURE_KEY"),
            };
            return model?.Invoke(azure) ?? azure;
        },
        stubOptions: new StubOptions { Azure = form, RequiredKey = Key },
        configure: services => services.AddSingleton(new SecretResolver(TimeProvider.System, name => name == "AZURE_KEY" ? Key : null)));

    private static async Task<(string Text, ChatFinishReason? Finish)> TextAsync(ChatClient client)
    {
        var text = "";
        ChatFinishReason? finish = null;
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("The capital of France?")], cancellationToken: Now.Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish = update.FinishReason ?? finish;
        }

        return (text, finish);
    }
}
