using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Messages;

/// <summary>Anthropic's own client for .NET, unchanged.</summary>
public sealed class DotNetSdkTests
{
    public static TheoryData<StrategyKind> Strategies => StrategyCouncil.Strategies;

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task WholeAndStreamed_OfEveryStrategy_GiveTheAnswerAndItsUsage(StrategyKind strategy)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);
        var expected = StrategyCouncil.IsJudges(strategy) ? "It is Paris." : "Paris.";
        using var client = Client(council);

        var whole = await client.Messages.Create(Ask("council"), Now.Cancel);
        var events = await client.Messages.CreateStreaming(Ask("council"), Now.Cancel).ToListAsync(Now.Cancel);

        TextOf(whole).ShouldBe(expected);
        whole.StopReason!.Value().ShouldBe(StopReason.EndTurn);
        (whole.Usage.InputTokens + whole.Usage.OutputTokens).ShouldBe(StrategyCouncil.Tokens(strategy));
        string.Concat(events.Select(DeltaOf)).ShouldBe(expected);
        events[^1].TryPickStop(out _).ShouldBeTrue();
        council.Stub.Violations.ShouldBeEmpty();
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_Direct_ReadsEveryField()
    {
        await using var council = await Council.StartAsync();
        using var client = Client(council, validates: true);

        var message = await client.Messages.Create(Ask("solo"), Now.Cancel);

        TextOf(message).ShouldBe("Paris, I think.");
        message.ID.ShouldStartWith("msg_");
        message.Model.Raw().ShouldBe("solo");
    }

    [Theory]
    [InlineData(400, typeof(AnthropicBadRequestException))]
    [InlineData(429, typeof(AnthropicRateLimitException))]
    [InlineData(500, typeof(Anthropic5xxException))]
    public async Task FailingModel_ThrowsItsClass(int upstream, System.Type type)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Error(upstream, null, "No.");
        using var client = Client(council);

        var whole = await Should.ThrowAsync<AnthropicApiException>(() => client.Messages.Create(Ask("solo"), Now.Cancel));
        var streamed = await Should.ThrowAsync<AnthropicApiException>(
            async () => await client.Messages.CreateStreaming(Ask("solo"), Now.Cancel).ToListAsync(Now.Cancel));

        whole.ShouldBeAssignableTo(type);
        streamed.ShouldBeAssignableTo(type);
    }

    [Fact]
    public async Task Stream_BreaksAmidTheAnswer_Throws()
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.Stream(StubStep.Delta("It is"), StubStep.Drop());
        using var client = Client(council);

        await Should.ThrowAsync<AnthropicException>(
            async () => await client.Messages.CreateStreaming(Ask("solo"), Now.Cancel).ToListAsync(Now.Cancel));
    }

    [Fact]
    public async Task CountTokens_GivesANumber()
    {
        await using var council = await Council.StartAsync();
        using var client = Client(council);

        var count = await client.Messages.CountTokens(
            new MessageCountTokensParams { Model = "council", Messages = [new UserMessageParam { Content = "Hello, world!" }] }, Now.Cancel);

        count.InputTokens.ShouldBe(10);
    }

    private static AnthropicClient Client(Council council, bool validates = false) => new()
    {
        BaseUrl = council.Gateway.Url.ToString().TrimEnd('/'),
        ApiKey = "any",
        MaxRetries = 0,
        ResponseValidation = validates,
    };

    private static MessageCreateParams Ask(string alias) => new()
    {
        Model = alias,
        MaxTokens = 100,
        Messages = [new UserMessageParam { Content = "The capital of France?" }],
    };

    private static string TextOf(Message message)
    {
        message.Content.ShouldHaveSingleItem().TryPickText(out var text).ShouldBeTrue();
        return text!.Text;
    }

    private static string DeltaOf(RawMessageStreamEvent one) =>
        one.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var text) ? text.Text : "";
}
