using System.ClientModel;
using Ensemble.Catalog;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>Providers as others imitate them: their servers upstream, OpenAI's own client in front.</summary>
public sealed class OtherServersTests(MockServers servers) : IClassFixture<MockServers>
{
    private static readonly ChatMessage[] Question = [new UserChatMessage("How much is 2 + 3?")];

    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    private static readonly string[] Models =
    [
        "five", "five-too", "seven", "judge", "json", "fenced", "thinks", "caller", "caller-too", "calls-twice",
        "rejects", "bad-key", "limited", "broken", "overloaded", "cut", "slow",
    ];

    public static TheoryData<string, bool> Servers => new()
    {
        { MockServer.AiMock, false }, { MockServer.AiMock, true },
        { MockServer.MockLlm, false }, { MockServer.MockLlm, true },
    };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Direct_Text_IsTheModels(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server);

        var (text, finish) = await AskAsync(gateway.Sdk("five"), streamed);

        (text, finish).ShouldBe(("The answer is 5.", ChatFinishReason.Stop));
        gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Synthesize_PanelAndJudge_GiveTheJudgesText(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server, TestEnsembles.Of("council", ["five", "five-too", "seven"], "judge"));

        var (text, finish) = await AskAsync(gateway.Sdk("council"), streamed);

        (text, finish).ShouldBe(("Five, as two of three say.", ChatFinishReason.Stop));
        gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Vote_OneBroken_GivesTheMajoritysText(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server, Vote("council", ["five", "five-too", "seven", "broken"]));

        var (text, finish) = await AskAsync(gateway.Sdk("council"), streamed);

        text.ShouldContain("5");
        finish.ShouldBe(ChatFinishReason.Stop);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Vote_JsonAsked_GivesTheObject(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server, Vote("council", ["json", "json", "five"]));

        var (text, _) = await AskAsync(
            gateway.Sdk("council"), streamed, new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat() });

        text.ShouldBe("""{"city":"Paris"}""");
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Synthesize_JudgeThatThinksAloud_GivesOnlyItsAnswer(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server, TestEnsembles.Of("council", ["five", "seven"], "thinks"));

        var (text, _) = await AskAsync(gateway.Sdk("council"), streamed);

        text.ShouldBe("The answer is 5.");
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task ToolVote_CallAndThenItsResult_GivesTheText(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server, Vote("council", ["caller", "caller-too", "five"]) with { Tools = ToolsMode.Vote, Judge = null });

        await ShouldCallAsync(gateway.Sdk("council"), streamed);
    }

    [Theory]
    [InlineData(MockServer.AiMock, false)]
    [InlineData(MockServer.AiMock, true)]
    [InlineData(MockServer.MockLlm, false)]
    public async Task Direct_CallAndThenItsResult_GivesTheText(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server);

        await ShouldCallAsync(gateway.Sdk("caller"), streamed);
    }

    [Theory]
    [InlineData("rejects", 400)]
    [InlineData("bad-key", 502)]
    [InlineData("limited", 429)]
    [InlineData("broken", 502)]
    [InlineData("overloaded", 502)]
    public async Task Direct_Error_IsThrownWithItsStatus(string model, int status)
    {
        foreach (var server in (string[])[MockServer.AiMock, MockServer.MockLlm])
        {
            await using var gateway = await StartAsync(server);

            var whole = await Should.ThrowAsync<ClientResultException>(() => AskAsync(gateway.Sdk(model), streamed: false));

            whole.Status.ShouldBe(status);
        }
    }

    [Theory]
    [InlineData("rejects")]
    [InlineData("bad-key")]
    [InlineData("limited")]
    [InlineData("broken")]
    public async Task Direct_StreamedError_IsThrownAlsoFromWithinA200(string model)
    {
        foreach (var server in (string[])[MockServer.AiMock, MockServer.MockLlm])
        {
            await using var gateway = await StartAsync(server);

            var failure = await Should.ThrowAsync<ClientResultException>(() => AskAsync(gateway.Sdk(model), streamed: true));

            failure.Status.ShouldBeGreaterThanOrEqualTo(400);
            gateway.Faults.ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Vote_EveryoneLimited_Is429(string server, bool streamed)
    {
        await using var gateway = await StartAsync(server, Vote("council", ["limited", "limited", "limited"]));

        var failure = await Should.ThrowAsync<ClientResultException>(() => AskAsync(gateway.Sdk("council"), streamed));

        failure.Status.ShouldBe(429);

        // This client sleeps through a Retry-After however long: a wait that is not worth it comes under the name that it does not read.
        var headers = failure.GetRawResponse().ShouldNotBeNull().Headers;
        (headers.TryGetValue("Retry-After", out _) || headers.TryGetValue("retry-after-ms", out _)).ShouldBeTrue();
    }

    [Fact]
    public async Task AiMock_StreamThatBreaksOff_Throws()
    {
        await using var gateway = await StartAsync(MockServer.AiMock, TestEnsembles.Of("council", ["five", "seven"], "cut"));

        await Should.ThrowAsync<Exception>(() => AskAsync(gateway.Sdk("cut"), streamed: true));
        await Should.ThrowAsync<Exception>(() => AskAsync(gateway.Sdk("council"), streamed: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AiMock_SlowWords_ComeAllOfThem(bool streamed)
    {
        await using var gateway = await StartAsync(MockServer.AiMock);

        (await AskAsync(gateway.Sdk("slow"), streamed)).Text.ShouldBe("Slowly but surely, one word after the other.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AiMock_MessagesApi_AnswersAsMemberJudgeAndAlone(bool streamed)
    {
        var server = await servers.StartedAsync(MockServer.AiMock);
        await using var gateway = await Gateway.StartAsync(
            new TestCatalog(new CatalogBuilder()
                .Add([.. Models.Select(model => TestModels.Anthropic(model, server.BaseUrl))])
                .Add(TestEnsembles.Of("council", ["five", "seven"], "judge"), Vote("tools", ["caller", "caller-too", "five"]) with { Tools = ToolsMode.Vote, Judge = null })
                .Build()),
            configure: services => services.AddSingleton<ISecrets>(new SecretResolver(TimeProvider.System, _ => "sk-ant-1")));

        (await AskAsync(gateway.Sdk("five"), streamed)).ShouldBe(("The answer is 5.", ChatFinishReason.Stop));
        (await AskAsync(gateway.Sdk("council"), streamed)).ShouldBe(("Five, as two of three say.", ChatFinishReason.Stop));
        await ShouldCallAsync(gateway.Sdk("caller"), streamed);
        await ShouldCallAsync(gateway.Sdk("tools"), streamed);
        (await Should.ThrowAsync<ClientResultException>(() => AskAsync(gateway.Sdk("rejects"), streamed))).Status.ShouldBe(400);
        (await Should.ThrowAsync<ClientResultException>(() => AskAsync(gateway.Sdk("limited"), streamed))).Status.ShouldBe(429);
        gateway.Faults.ShouldBeEmpty();
    }

    private static EnsembleConfig Vote(string alias, string[] members) =>
        TestEnsembles.Of(alias, members, "judge", minResponses: 2) with { Strategy = StrategyKind.Vote, StragglerGrace = StragglerGrace.All };

    private async Task<Gateway> StartAsync(string server, params EnsembleConfig[] ensembles)
    {
        var upstream = await servers.StartedAsync(server);
        var catalog = new CatalogBuilder().Add([.. Models.Select(model => TestModels.OpenAi(model, upstream.BaseUrl))]).Add(ensembles);
        return await Gateway.StartAsync(new TestCatalog(catalog.Build()));
    }

    private static async Task<(string Text, ChatFinishReason Finish)> AskAsync(ChatClient sdk, bool streamed, ChatCompletionOptions? options = null)
    {
        if (!streamed)
        {
            var whole = (await sdk.CompleteChatAsync(Question, options, Now.Cancel)).Value;
            return (whole.Content[0].Text, whole.FinishReason);
        }

        var updates = await sdk.CompleteChatStreamingAsync(Question, options, Now.Cancel).ToListAsync(Now.Cancel);
        return (
            string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)),
            updates.Where(update => update.FinishReason is not null).ShouldHaveSingleItem().FinishReason!.Value);
    }

    private static async Task ShouldCallAsync(ChatClient sdk, bool streamed)
    {
        var options = new ChatCompletionOptions { Tools = { Weather } };
        List<ChatMessage> conversation = [new UserChatMessage("The weather in Paris?")];
        ChatToolCall call;
        if (streamed)
        {
            var pieces = (await sdk.CompleteChatStreamingAsync(conversation, options, Now.Cancel).ToListAsync(Now.Cancel))
                .SelectMany(update => update.ToolCallUpdates).ToArray();
            call = ChatToolCall.CreateFunctionToolCall(
                pieces[0].ToolCallId,
                pieces[0].FunctionName,
                BinaryData.FromString(string.Concat(pieces.Select(piece => piece.FunctionArgumentsUpdate?.ToString()))));
        }
        else
        {
            call = (await sdk.CompleteChatAsync(conversation, options, Now.Cancel)).Value.ToolCalls.ShouldHaveSingleItem();
        }

        conversation.Add(new AssistantChatMessage([call]));
        conversation.Add(new ToolChatMessage(call.Id, "rain"));
        var second = (await sdk.CompleteChatAsync(conversation, options, Now.Cancel)).Value;

        call.FunctionName.ShouldBe("weather");
        call.FunctionArguments.ToObjectFromJson<Dictionary<string, string>>().ShouldNotBeNull()["city"].ShouldBe("Paris");
        second.Content[0].Text.ShouldBe("It rains.");
    }
}
