using System.ClientModel;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>OpenAI's own client in front, the Messages API behind.</summary>
public sealed class AnthropicTests
{
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    [Fact]
    public async Task Stream_DirectModelWithTools_BehavesLikeAnyModel()
    {
        await using var stub = await UpstreamStub.StartAsync(new StubOptions { Dialect = StubDialect.Anthropic, RequiredKey = "sk-ant-1" });
        stub.Model("claude").Enqueue(StubReply.ToolCall("weather", """{"city":"Paris"}""")).Default =
            StubReply.Text("It rains.", promptTokens: 20, completionTokens: 3, reasoning: "hm");
        await using var gateway = await StartAsync(new CatalogBuilder().Add(TestModels.Anthropic("solo", stub.BaseUrl, "claude")).Build());
        var sdk = gateway.Sdk("solo");
        var options = new ChatCompletionOptions { Tools = { Weather }, Temperature = 1.5f, MaxOutputTokenCount = 100 };
        List<ChatMessage> conversation = [new SystemChatMessage("Be brief."), new UserChatMessage("The weather in Paris?")];

        var first = await UpdatesAsync(sdk.CompleteChatStreamingAsync(conversation, options, Now.Cancel));
        var calls = first.SelectMany(update => update.ToolCallUpdates).ToArray();
        var id = calls.Select(call => call.ToolCallId).Where(id => id is not null).ShouldHaveSingleItem();
        var arguments = string.Concat(calls.Select(call => call.FunctionArgumentsUpdate?.ToString()));
        conversation.Add(new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall(id, "weather", BinaryData.FromString(arguments))]));
        conversation.Add(new ToolChatMessage(id, "rain"));
        var second = await UpdatesAsync(sdk.CompleteChatStreamingAsync(conversation, options, Now.Cancel));

        id.ShouldStartWith("call_");
        arguments.ShouldBe("""{"city":"Paris"}""");
        first.Where(update => update.FinishReason is not null).ShouldHaveSingleItem().FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        string.Concat(second.SelectMany(update => update.ContentUpdate).Select(part => part.Text)).ShouldBe("It rains.");
        second[0].Role.ShouldBe(ChatMessageRole.Assistant);
        second.Where(update => update.FinishReason is not null).ShouldHaveSingleItem().FinishReason.ShouldBe(ChatFinishReason.Stop);
        var usage = second.Where(update => update.Usage is not null).ShouldHaveSingleItem().Usage;
        (usage.InputTokenCount, usage.OutputTokenCount).ShouldBe((20, 3));
        stub.Violations.ShouldBeEmpty();
        gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_DirectModel_GivesTheModelsAnswer()
    {
        await using var stub = await UpstreamStub.StartAsync(new StubOptions { Dialect = StubDialect.Anthropic });
        stub.Model("claude").Answers("Paris.");
        await using var gateway = await StartAsync(new CatalogBuilder().Add(TestModels.Anthropic("solo", stub.BaseUrl, "claude")).Build());

        var completion = (await gateway.Sdk("solo").CompleteChatAsync([new UserChatMessage("The capital of France?")], cancellationToken: Now.Cancel)).Value;

        completion.Content[0].Text.ShouldBe("Paris.");
        completion.FinishReason.ShouldBe(ChatFinishReason.Stop);
        completion.Model.ShouldBe("solo");
        completion.Usage.TotalTokenCount.ShouldBe(15);
        stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ensemble_MemberAndJudgeOfTheApi_AnswerWithTheOthers()
    {
        await using var claude = await UpstreamStub.StartAsync(new StubOptions { Dialect = StubDialect.Anthropic });
        await using var other = await UpstreamStub.StartAsync();
        claude.Model("claude").Answers("""{"city":"Paris"}""");
        other.Model("other").Answers("""{"city":"Lyon"}""");
        var format = ChatResponseFormat.CreateJsonSchemaFormat(
            "answer", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));
        await using var gateway = await StartAsync(new CatalogBuilder()
            .Add(TestModels.Anthropic("claude", claude.BaseUrl), TestModels.OpenAi("other", other.BaseUrl))
            .Add(TestEnsembles.Of("council", ["claude", "other"], "claude") with { StragglerGrace = StragglerGrace.All })
            .Build());

        var completion = (await gateway.Sdk("council").CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("The capital of France?")],
            new ChatCompletionOptions { ResponseFormat = format },
            Now.Cancel)).Value;

        completion.Content[0].Text.ShouldBe("""{"city":"Paris"}""");
        completion.Usage.TotalTokenCount.ShouldBe(45);
        claude.Requests.Count.ShouldBe(2);
        claude.Requests.ShouldAllBe(request =>
            request.Field("output_config")!.Value.GetProperty("format").GetProperty("type").GetString() == "json_schema");
        JsonSerializer.Serialize(claude.Requests[^1].Field("messages")).ShouldContain("Lyon");
        claude.Violations.ShouldBeEmpty();
        other.Violations.ShouldBeEmpty();
        gateway.Faults.ShouldBeEmpty();
    }

    private static Task<Gateway> StartAsync(CatalogSnapshot catalog) => Gateway.StartAsync(
        new TestCatalog(catalog), configure: services => services.AddSingleton<ISecrets>(new SecretResolver(TimeProvider.System, _ => "sk-ant-1")));

    private static async Task<List<StreamingChatCompletionUpdate>> UpdatesAsync(AsyncCollectionResult<StreamingChatCompletionUpdate> stream)
    {
        var updates = new List<StreamingChatCompletionUpdate>();
        await foreach (var update in stream)
        {
            updates.Add(update);
        }

        return updates;
    }
}
