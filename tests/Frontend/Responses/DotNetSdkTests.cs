using System.ClientModel;
using System.ClientModel.Primitives;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using OpenAI.Responses;

namespace Ensemble.Frontend.Tests.Responses;

#pragma warning disable OPENAI001 // The client for responses stands behind an evaluation mark.

/// <summary>OpenAI's own client for .NET, unchanged.</summary>
public sealed class DotNetSdkTests
{
    private static readonly FunctionTool Weather = ResponseTool.CreateFunctionTool(
        "weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""), strictModeEnabled: false);

    public static TheoryData<StrategyKind> Strategies => StrategyCouncil.Strategies;

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task WholeAndStreamed_OfEveryStrategy_GiveTheAnswerAndItsUsage(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);
        var expected = StrategyCouncil.IsJudges(strategy) ? "It is Paris." : "Paris.";

        var whole = (await Client(council).CreateResponseAsync("council", "The capital of France?", cancellationToken: Now.Cancel)).Value;
        var streaming = await Client(council).CreateResponseStreamingAsync("council", "The capital of France?", cancellationToken: Now.Cancel);
        var updates = await streaming.ToListAsync(Now.Cancel);

        whole.GetOutputText().ShouldBe(expected);
        whole.Status.ShouldBe(ResponseStatus.Completed);
        whole.Model.ShouldBe("council");
        whole.Usage.TotalTokenCount.ShouldBe(StrategyCouncil.Tokens(strategy));
        string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(update => update.Delta)).ShouldBe(expected);
        updates.Select(update => update.SequenceNumber).ShouldBe(Enumerable.Range(0, updates.Count));
        var last = updates[^1].ShouldBeOfType<StreamingResponseCompletedUpdate>().Response;
        last.GetOutputText().ShouldBe(expected);
        last.Usage.TotalTokenCount.ShouldBe(StrategyCouncil.Tokens(strategy));
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_WithEveryOption_ComesBackWithThem()
    {
        await using var council = await Council.StartAsync();
        var options = new CreateResponseOptions("solo", [ResponseItem.CreateUserMessageItem("The capital of France?")])
        {
            Instructions = "Be brief.",
            MaxOutputTokenCount = 100,
            Temperature = 0.5f,
            TopP = 0.5f,
            ParallelToolCallsEnabled = false,
            StoredOutputEnabled = true,
            EndUserId = "u",
            TextOptions = new ResponseTextOptions
            {
                TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString("""{"type":"object"}"""), jsonSchemaIsStrict: false),
            },
            Metadata = { ["a"] = "b" },
            Tools = { Weather },
        };

        var response = (await Client(council).CreateResponseAsync(options, Now.Cancel)).Value;

        response.MaxOutputTokenCount.ShouldBe(100);
        response.Temperature.ShouldBe(0.5f);
        response.Metadata["a"].ShouldBe("b");
        response.Tools.ShouldHaveSingleItem().ShouldBeOfType<FunctionTool>().FunctionName.ShouldBe("weather");
        var sent = await council.RequestAsync("solo");
        sent.Field("messages")!.Value[0].Text("content").ShouldBe("Be brief.");
        sent.Field("response_format")!.Value.GetProperty("json_schema").Text("name").ShouldBe("answer");
        council.Stub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("council")]
    [InlineData("solo")]
    public async Task ToolCall_OfAModelAndOfAVote_TakesItsResult(string alias)
    {
        await using var council = await StrategyCouncil.StartAsync(StrategyKind.Vote, shape: ensemble => ensemble with { Tools = ToolsMode.Vote });
        council.AllMembers(StubReply.ToolCall("weather", """{"city":"Paris"}"""));
        council.Model("solo").Default = StubReply.ToolCall("weather", """{"city":"Paris"}""");
        var options = new CreateResponseOptions(alias, [ResponseItem.CreateUserMessageItem("The weather in Paris?")]) { Tools = { Weather } };

        var first = (await Client(council).CreateResponseAsync(options, Now.Cancel)).Value;
        var call = first.OutputItems.ShouldHaveSingleItem().ShouldBeOfType<FunctionCallResponseItem>();
        options.InputItems.Add(call);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rain"));
        council.AllMembers(StubReply.Text("It rains."));
        council.Model("solo").Answers("It rains.");
        var second = (await Client(council).CreateResponseAsync(options, Now.Cancel)).Value;

        call.FunctionName.ShouldBe("weather");
        call.FunctionArguments.ToString().ShouldBe("""{"city":"Paris"}""");
        second.GetOutputText().ShouldBe("It rains.");
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, 400)]
    [InlineData(429, 429)]
    [InlineData(500, 502)]
    public async Task FailingModel_ThrowsWithTheStatus(int upstream, int status)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, null, "No.");

        var whole = await Should.ThrowAsync<ClientResultException>(() => Client(council).CreateResponseAsync("solo", "q", cancellationToken: Now.Cancel));
        var streamed = await Should.ThrowAsync<ClientResultException>(async () =>
            await (await Client(council).CreateResponseStreamingAsync("solo", "q", cancellationToken: Now.Cancel)).ToListAsync(Now.Cancel));

        whole.Status.ShouldBe(status);
        streamed.Status.ShouldBe(status);
    }

    [Fact]
    public async Task Stream_BreaksAmidTheAnswer_TellsOfItAndThrows()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());
        var updates = new List<StreamingResponseUpdate>();

        await Should.ThrowAsync<Exception>(async () =>
        {
            await foreach (var update in await Client(council).CreateResponseStreamingAsync("solo", "q", cancellationToken: Now.Cancel))
            {
                updates.Add(update);
            }
        });

        updates[^1].ShouldBeOfType<StreamingResponseFailedUpdate>().Response.Error.Message.ShouldNotBeNullOrEmpty();
    }

    private static ResponsesClient Client(Council council) => new(
        new ApiKeyCredential("any"),
        new ResponsesClientOptions { Endpoint = council.Gateway.Endpoint, RetryPolicy = new ClientRetryPolicy(0) });
}
