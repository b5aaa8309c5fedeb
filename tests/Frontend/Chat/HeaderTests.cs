using System.Net;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Chat;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("abc-123_X.y", true)]
    [InlineData("has space", false)]
    [InlineData("<script>", false)]
    [InlineData("a;b", false)]
    [InlineData("", false)]
    public async Task RequestId_IsEchoedWhereItIsSane(string sent, bool echoed)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync(Council.AskSolo, null, ("x-request-id", sent));

        (answer.Header("x-request-id") == sent).ShouldBe(echoed);
        answer.Header("x-request-id")!.ShouldMatch("^[A-Za-z0-9._-]+$");
    }

    [Fact]
    public async Task RequestId_TooLong_IsReplaced()
    {
        await using var council = await Council.StartAsync();

        var longest = await council.Gateway.ChatAsync(Council.AskSolo, null, ("x-request-id", new string('a', 128)));
        var longer = await council.Gateway.ChatAsync(Council.AskSolo, null, ("x-request-id", new string('a', 129)));

        longest.Header("x-request-id")!.Length.ShouldBe(128);
        longer.Header("x-request-id")!.Length.ShouldBe(32);
    }

    [Fact]
    public async Task RunId_IsOnEveryRunsAnswerAndNamesTheCompletion()
    {
        await using var council = await Council.StartAsync();

        var whole = await council.Gateway.ChatAsync(Council.Ask);
        using var stream = await council.Gateway.StreamAsync(Council.AskStreamed);
        var chunks = EventStream.Chunks(await stream.RestAsync());

        whole.Completion.ShouldBe($"chatcmpl-{whole.Header("x-ensemble-run-id")}");
        chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct().ShouldBe([$"chatcmpl-{stream.Header("x-ensemble-run-id")}"]);
        stream.Header("x-request-id").ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData(Council.Ask)]
    [InlineData(Council.AskStreamed)]
    public async Task Agreement_IsTheShareThatAgrees(string ask)
    {
        await using var council = await Council.StartAsync();

        (await council.Gateway.ChatAsync(ask)).Header("x-ensemble-agreement").ShouldBe("1.00");
        (await council.Gateway.ChatAsync(Council.AskSolo)).Header("x-ensemble-agreement").ShouldBeNull();
    }

    [Fact]
    public async Task Agreement_OfOneAnswer_IsAbsent()
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { MinResponses = 1 });
        council.AllMembers(StubReply.Error(500, null, "down"));
        council.Model("numbat").Answers("Paris.");

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Header("x-ensemble-agreement").ShouldBeNull();
        answer.Content.ShouldBe("Paris.");
    }

    [Theory]
    [InlineData(true, "0.00008")]
    [InlineData(false, null)]
    public async Task Cost_IsThereWhereEveryPriceIsKnown(bool judgeHasPrice, string? cost)
    {
        await using var council = await Council.StartAsync(
            model: model => judgeHasPrice || model.DisplayName != Council.Judge ? model with { Price = new PriceConfig(1, 2) } : model);

        var answer = await council.Gateway.ChatAsync(Council.Ask);

        answer.Header("x-ensemble-cost-usd").ShouldBe(cost);
    }

    [Fact]
    public async Task Server_IsNotNamed()
    {
        await using var council = await Council.StartAsync();

        (await council.Gateway.ChatAsync(Council.Ask)).Header("server").ShouldBeNull();
    }
}
