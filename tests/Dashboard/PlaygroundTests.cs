using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>Asking as a caller would.</summary>
public sealed class PlaygroundTests(Chromium chromium)
{
    private const string Key = "sk-a-key-of-these-tests";

    /// <summary>Writes a word or two a second, for longer than a test lasts.</summary>
    private static readonly string Endless =
        $$$"""{"display_name":"endless","provider":"simulated","simulated":{"latency_ms":0,"tokens_per_second":8,"answers":[{"match":".","text":"{{{string.Concat(Enumerable.Repeat("word ", 2000))}}}"}]}}""";

    [Fact]
    public async Task Send_AnEnsemble_StreamsTheAnswerAndShowsItsPanel()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "playground?model=council");
        await visitor.Page.GetByLabel("Message", new() { Exact = true }).FillAsync("What is 17 * 23?");

        await visitor.Page.Keyboard.PressAsync("Control+Enter");

        var calls = visitor.Page.Locator(".calls li");
        await Expect(calls.First).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".answer-text")).ToContainTextAsync("391");
        await Expect(calls.Filter(new() { HasText = "done" })).ToHaveCountAsync(4);
        await Expect(visitor.Page.Locator(".facts")).ToContainTextAsync("Agreement");
        await Expect(visitor.Page.Locator(".facts")).ToContainTextAsync("$0.000");
        await Expect(visitor.Page.GetByRole(AriaRole.Log)).ToContainTextAsync("The answer is complete.");
        await visitor.InspectEverywhereAsync("playground");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Its run" }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Run of council" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Send_MembersOfDifferentPace_TurnFromWaitingToDoneOneByOne()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "quick", """{"display_name":"quick","provider":"simulated","simulated":{"latency_ms":0,"answers":[{"match":".","text":"Yes."}]}}""");
        await site.PutAsync("models", "late", """{"display_name":"late","provider":"simulated","simulated":{"latency_ms":2500,"answers":[{"match":".","text":"Yes."}]}}""");
        await site.PutAsync("models", "both", """{"display_name":"both","ensemble":{"strategy":"vote","stream_commit_ms":0,"panel":[{"model":"quick"},{"model":"late"}]}}""");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "playground?model=both");
        await visitor.Page.GetByLabel("Message", new() { Exact = true }).FillAsync("Is it?");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(visitor.Page.Locator(".calls li", new() { HasText = "quick" })).ToContainTextAsync("done");
        await Expect(visitor.Page.Locator(".calls li", new() { HasText = "late" })).ToContainTextAsync("waiting");
        await Expect(visitor.Page.Locator(".calls li", new() { HasText = "late" })).ToContainTextAsync("done");
        await Expect(visitor.Page.Locator(".answer-text")).ToHaveTextAsync("Yes.");
    }

    [Fact]
    public async Task Send_ASecondTurn_SendsTheFirstOneToo()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "playground?model=sim-swift");
        await visitor.Page.Locator("summary", new() { HasText = "System message" }).ClickAsync();
        await visitor.Page.GetByLabel("System message").FillAsync("Be short.");
        await visitor.Page.GetByLabel("Stream").UncheckAsync();
        var text = visitor.Page.GetByLabel("Message", new() { Exact = true });
        await text.FillAsync("What is 2 + 2?");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(visitor.Page.Locator(".calls li")).ToContainTextAsync("done");
        await text.FillAsync("And 3 + 3?");

        var request = await visitor.Page.RunAndWaitForRequestAsync(
            () => visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync(), sent => sent.Url.EndsWith("/chat/completions", StringComparison.Ordinal));

        System.Text.Json.Nodes.JsonNode.Parse(request.PostData!)!["messages"]!.AsArray().Select(message => (string)message!["role"]!).ShouldBe(["system", "user", "assistant", "user"]);
        await Expect(visitor.Page.Locator(".turn")).ToHaveCountAsync(2);
        await Expect(visitor.Page.Locator(".turn").Last.Locator(".answer-text")).Not.ToHaveTextAsync("Waiting …");
    }

    [Fact]
    public async Task Stop_WhileItWrites_CancelsTheRun()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "endless", Endless);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "playground?model=endless");
        await visitor.Page.GetByLabel("Message", new() { Exact = true }).FillAsync("Write.");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(visitor.Page.Locator(".answer-text")).ToContainTextAsync("word");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        await Expect(visitor.Page.GetByText("Stopped: this answer is not whole.")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".calls li")).ToContainTextAsync("cancelled");
        await Expect(visitor.Page.Locator(".facts")).ToContainTextAsync("cancelled");
        await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" })).ToBeEnabledAsync();
        await visitor.InspectAsync();
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half an\"}}]}\n\n", "The connection was cut")]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half an\"}}]}\n\ndata: {\"error\":{\"message\":\"The judge fell silent.\",\"code\":\"judge_failed\"}}\n\n", "The judge fell silent.")]
    public async Task Send_StreamWithoutItsEnd_IsShownAsBroken(string stream, string words)
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "playground?model=council");
        await visitor.Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new() { ContentType = "text/event-stream", Body = stream }));
        await visitor.Page.GetByLabel("Message", new() { Exact = true }).FillAsync("Write.");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(visitor.Page.Locator(".answer-text")).ToHaveTextAsync("Half an");
        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This answer is broken: it is not whole.");
        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(words);
        await visitor.InspectAsync();
    }

    [Fact]
    public async Task Send_CallersHaveKeys_WantsOneAndSaysWhenItIsOverItsLimit()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("keys", "tester", $$$"""{"name":"tester","key":"{{{Key}}}","rate_limit":{"rpm":1}}""");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "playground?model=sim-swift");
        visitor.Expected.AddRange(["401", "429"]);
        var text = visitor.Page.GetByLabel("Message", new() { Exact = true });
        var alert = visitor.Page.GetByRole(AriaRole.Alert);
        await text.FillAsync("What is 2 + 2?");
        await visitor.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(alert).ToContainTextAsync("invalid_api_key");
        await Expect(text).ToHaveValueAsync("What is 2 + 2?");

        await visitor.Page.GetByLabel("Caller’s key").FillAsync(Key);
        await text.FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(visitor.Page.Locator(".calls li")).ToContainTextAsync("done");
        await text.FillAsync("Again");
        await visitor.Page.Keyboard.PressAsync("Control+Enter");

        await Expect(alert.Last).ToContainTextAsync(Pattern.Of(@"rate_limit_exceeded.*Try again in \d+ second"));
        (await visitor.Page.EvaluateAsync<string>("JSON.stringify([localStorage, sessionStorage])")).ShouldNotContain(Key);
    }

    [Fact]
    public async Task EventReader_CutAnywhere_GivesTheSameEvents()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "playground");

        var wrong = await visitor.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const { readEvents } = await import('/dashboard/sse.js');
              const text = ': hello\r\n\r\ndata: größer 🎻\r\ndata:second\r\n\r\nevent: run\ndata: {"a":1}\n\ndata: three\r\rdata: not whole';
              const expected = JSON.stringify([['message', 'größer 🎻\nsecond'], ['run', '{"a":1}'], ['message', 'three']]);
              const bytes = new TextEncoder().encode(text);
              const wrong = [];
              for (let first = 0; first <= bytes.length; first++) {
                for (const second of [first, Math.min(first + 1, bytes.length), bytes.length]) {
                  const pieces = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
                  const seen = [];
                  const body = new ReadableStream({ start(to) { pieces.filter((piece) => piece.length > 0).forEach((piece) => to.enqueue(piece)); to.close(); } });
                  await readEvents(new Response(body), ({ event, data }) => seen.push([event, data]));
                  if (JSON.stringify(seen) !== expected) wrong.push(`${first}, ${second}: ${JSON.stringify(seen)}`);
                }
              }
              return wrong;
            }
            """);

        wrong.ShouldBeEmpty();
    }
}
