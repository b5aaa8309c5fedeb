using System.ClientModel;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Chat;

#pragma warning disable OPENAI001 // The developer role stands behind an evaluation mark in this client, and callers use it.

/// <summary>OpenAI's own client for .NET, unchanged.</summary>
public sealed class DotNetSdkTests
{
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    [Fact]
    public async Task Whole_Ensemble_GivesTheJudgesAnswerAndTheSumOfUsage()
    {
        await using var council = await Council.StartAsync();

        var completion = (await council.Gateway.Sdk("council").CompleteChatAsync(
            [new DeveloperChatMessage("Be brief."), new UserChatMessage("The capital of France?")], cancellationToken: Now.Cancel)).Value;

        completion.Content[0].Text.ShouldBe("It is Paris.");
        completion.Model.ShouldBe("council");
        completion.Id.ShouldStartWith("chatcmpl-");
        completion.Role.ShouldBe(ChatMessageRole.Assistant);
        completion.FinishReason.ShouldBe(ChatFinishReason.Stop);
        (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount).ShouldBe((40, 20, 60));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_Direct_GivesTheModelsAnswerUnderItsAlias()
    {
        await using var council = await Council.StartAsync();

        var completion = (await council.Gateway.Sdk("solo").CompleteChatAsync(
            [new UserChatMessage("The capital of France?")], cancellationToken: Now.Cancel)).Value;

        completion.Content[0].Text.ShouldBe("Paris, I think.");
        completion.Model.ShouldBe("solo");
        completion.Id.ShouldMatch("^chatcmpl-[0-9a-f]{32}$");
        completion.Usage.TotalTokenCount.ShouldBe(15);
        council.Stub.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("council", "It is Paris.", 60)]
    [InlineData("solo", "Paris, I think.", 15)]
    public async Task Stream_GivesTheWholeTextOneFinishAndOneUsage(string alias, string text, int tokens)
    {
        await using var council = await Council.StartAsync();

        var updates = await UpdatesAsync(council.Gateway.Sdk(alias).CompleteChatStreamingAsync(
            [new UserChatMessage("The capital of France?")], cancellationToken: Now.Cancel));

        string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)).ShouldBe(text);
        updates.Select(update => update.CompletionId).Distinct().ShouldHaveSingleItem().ShouldMatch("^chatcmpl-[0-9a-f]{32}$");
        updates.Select(update => update.Model).Distinct().ShouldBe([alias]);
        updates.Where(update => update.FinishReason is not null).ShouldHaveSingleItem().FinishReason.ShouldBe(ChatFinishReason.Stop);
        updates.Where(update => update.Usage is not null).ShouldHaveSingleItem().Usage.TotalTokenCount.ShouldBe(tokens);
        updates[0].Role.ShouldBe(ChatMessageRole.Assistant);
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_ToolCall_ComesWithAnIdOfOursAndItsResultIsTaken()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Enqueue(StubReply.ToolCall("weather", """{"city":"Paris"}""")).Answers("It rains.");
        var sdk = council.Gateway.Sdk("solo");
        var options = new ChatCompletionOptions { Tools = { Weather } };
        List<ChatMessage> conversation = [new UserChatMessage("The weather in Paris?")];

        var first = (await sdk.CompleteChatAsync(conversation, options, Now.Cancel)).Value;
        conversation.Add(new AssistantChatMessage(first));
        conversation.Add(new ToolChatMessage(first.ToolCalls[0].Id, "rain"));
        var second = (await sdk.CompleteChatAsync(conversation, options, Now.Cancel)).Value;

        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        var call = first.ToolCalls.ShouldHaveSingleItem();
        call.FunctionName.ShouldBe("weather");
        call.FunctionArguments.ToString().ShouldBe("""{"city":"Paris"}""");
        call.Id.ShouldStartWith("call_");
        call.Id.ShouldNotContain("stub");
        second.Content[0].Text.ShouldBe("It rains.");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_ToolCall_ComesInPiecesUnderOneIdOfOurs()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.ToolCall("weather", """{"city":"Paris"}""");

        var updates = await UpdatesAsync(council.Gateway.Sdk("solo").CompleteChatStreamingAsync(
            [new UserChatMessage("The weather in Paris?")], new ChatCompletionOptions { Tools = { Weather } }, Now.Cancel));

        var calls = updates.SelectMany(update => update.ToolCallUpdates).ToArray();
        calls.Select(call => call.Index).Distinct().ShouldBe([0]);
        var id = calls.Select(call => call.ToolCallId).Where(id => id is not null).ShouldHaveSingleItem();
        id.ShouldStartWith("call_");
        id.ShouldNotContain("stub");
        string.Concat(calls.Select(call => call.FunctionArgumentsUpdate?.ToString())).ShouldBe("""{"city":"Paris"}""");
        updates.Count(update => update.FinishReason == ChatFinishReason.ToolCalls).ShouldBe(1);
    }

    [Fact]
    public async Task Whole_JsonSchema_ReachesPanelAndJudge()
    {
        await using var council = await Council.StartAsync();
        council.AllMembers(StubReply.Text("""{"city":"Paris"}"""));
        council.Model(Council.Judge).Answers("""{"city":"Paris"}""");
        var format = ChatResponseFormat.CreateJsonSchemaFormat(
            "answer",
            BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""),
            jsonSchemaIsStrict: true);

        var completion = (await council.Gateway.Sdk("council").CompleteChatAsync(
            [new UserChatMessage("The capital of France?")], new ChatCompletionOptions { ResponseFormat = format }, Now.Cancel)).Value;

        JsonElement.Parse(completion.Content[0].Text).GetProperty("city").GetString().ShouldBe("Paris");
        council.Stub.Requests.Count.ShouldBe(4);
        council.Stub.Requests.ShouldAllBe(request =>
            request.Field("response_format")!.Value.GetProperty("json_schema").GetProperty("name").GetString() == "answer");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, 400)]
    [InlineData(422, 422)]
    [InlineData(429, 429)]
    [InlineData(500, 502)]
    [InlineData(401, 502)]
    public async Task Whole_FailingModel_ThrowsWithTheStatus(int upstream, int status)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, "some_code", "No.");

        var failure = await Should.ThrowAsync<ClientResultException>(
            () => council.Gateway.Sdk("solo").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Now.Cancel));

        failure.Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("council", Council.Judge)]
    [InlineData("solo", "solo")]
    public async Task Stream_BreaksAmidTheAnswer_Throws(string alias, string breaking)
    {
        await using var council = await Council.StartAsync();
        council.Model(breaking).Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());
        var text = "";

        await Should.ThrowAsync<Exception>(async () =>
        {
            await foreach (var update in council.Gateway.Sdk(alias).CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: Now.Cancel))
            {
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            }
        });

        text.ShouldBe("It is");
        council.Gateway.Faults.ShouldBeEmpty();
    }

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
