using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Simulated;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Simulated;

public sealed class SimulatedUpstreamTests
{
    private const string Tools = """
        ,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},"required":["city","days"]}}}]
        """;

    [Fact]
    public void Send_NoLatencyAndNoPace_CompletesBeforeItReturns()
    {
        var bench = new SimulatedBench();

        SimulatedBench.SendAsync(bench.Request("What is 1+1?")).IsCompletedSuccessfully.ShouldBeTrue();
        SimulatedBench.SendAsync(bench.Request("What is 1+1?", stream: true)).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Send_LatencyAndPace_HandsEachTokenOverWhenItIsDue()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var clock = new ManualTimeProvider();
        var bench = new SimulatedBench();
        var config = SimulatedBench.AtOnce with
        {
            MinLatency = TimeSpan.FromMilliseconds(200),
            MaxLatency = TimeSpan.FromMilliseconds(200),
            TokensPerSecond = 10,
        };

        var sending = SimulatedBench.SendAsync(bench.Request("Explain rivers.", config, ",\"max_tokens\":3", stream: true), clock);
        await clock.WaitForTimersAsync(1, cancellation);
        clock.Advance(TimeSpan.FromMilliseconds(199));
        bench.Events.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await clock.WaitForTimerAsync(TimeSpan.FromMilliseconds(100), cancellation);
        bench.Events[..2].ShouldBe(["bytes", "first"]);
        bench.Texts.Length.ShouldBe(1);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await clock.WaitForTimerAsync(TimeSpan.FromMilliseconds(100), cancellation);
        bench.Texts.Length.ShouldBe(2);
        clock.Advance(TimeSpan.FromMilliseconds(100));

        var result = await sending.WaitAsync(cancellation);
        bench.Events.Count(entry => entry == "first").ShouldBe(1);
        bench.Texts.Length.ShouldBe(3);
        result.ReceivedCharacters.ShouldBe(string.Concat(bench.Texts).Length);
    }

    [Theory]
    [InlineData("", "half \\ud83d of it")]
    [InlineData(",\"stop\":[\"\\udc28\"],\"seed\":1", "x")]
    [InlineData(",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\\ud83d\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\\ud83d\":{\"enum\":[\"\\ud83d\"]}},\"required\":[\"a\\ud83d\"]}}}", "x")]
    [InlineData(",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\\ud83d\",\"parameters\":{\"type\":\"object\",\"properties\":{\"\\udc28\":{\"type\":\"string\"}}}}}],\"tool_choice\":\"required\"", "x")]
    public async Task Send_HalfACharacterInAnyString_IsAnswered(string more, string question)
    {
        var body = $$"""{"model":"alias","messages":[{"role":"user","content":"{{question}}"}]{{more}}}""";

        var result = await SimulatedBench.SendAsync(new SimulatedBench().Raw(body));

        result.Outcome.ShouldBeOneOf(CallOutcome.Ok, CallOutcome.Blank);
        result.Answer.ShouldNotBeNull();
    }

    [Fact]
    public async Task Send_Whole_TakesAsLongAsItsStreamWould()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var clock = new ManualTimeProvider();
        var config = SimulatedBench.AtOnce with { TokensPerSecond = 10 };

        var sending = SimulatedBench.SendAsync(new SimulatedBench().Request("Explain rivers.", config, ",\"max_tokens\":3"), clock);
        await clock.WaitForTimersAsync(1, cancellation);
        clock.Advance(TimeSpan.FromMilliseconds(199));
        sending.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1));

        (await sending.WaitAsync(cancellation)).Outcome.ShouldBe(CallOutcome.Ok);
    }

    [Fact]
    public async Task Pace_AnySeed_DrawsTheLatencyBetweenItsBounds()
    {
        var config = SimulatedBench.AtOnce with { MinLatency = TimeSpan.FromMilliseconds(100), MaxLatency = TimeSpan.FromMilliseconds(300) };
        for (var seed = 0; seed < 50; seed++)
        {
            var clock = new ManualTimeProvider();
            var draw = SimulatedDraw.OfModel(config with { Seed = seed }, "m");
            var waiting = new SimulatedPace(clock, config, draw).WaitForAsync(0, TestContext.Current.CancellationToken).AsTask();
            clock.Advance(TimeSpan.FromMilliseconds(99));
            waiting.IsCompleted.ShouldBeFalse();
            clock.Advance(TimeSpan.FromMilliseconds(201));
            await waiting.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Send_CancelledInMidStream_ReportsWhatWasReceived()
    {
        using var cancellation = new CancellationTokenSource();
        var bench = new SimulatedBench { OnText = count => { if (count == 2) { cancellation.Cancel(); } } };

        var result = await SimulatedBench.SendAsync(bench.Request("Explain rivers.", stream: true), cancellationToken: cancellation.Token);

        result.Outcome.ShouldBe(CallOutcome.Cancelled);
        result.Answer.ShouldBeNull();
        result.ReceivedCharacters.ShouldBe(8);
        bench.Texts.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Send_CancelledDuringLatency_EndsWithoutTimePassing()
    {
        using var cancellation = new CancellationTokenSource();
        var clock = new ManualTimeProvider();
        var sending = SimulatedBench.SendAsync(new SimulatedBench().Request("Hi", new SimulatedConfig()), clock, cancellation.Token);
        await clock.WaitForTimersAsync(1, TestContext.Current.CancellationToken);

        await cancellation.CancelAsync();

        (await sending.WaitAsync(TestContext.Current.CancellationToken)).Outcome.ShouldBe(CallOutcome.Cancelled);
    }

    [Fact]
    public async Task Send_KeepChoicesWhole_HasOpenAisShape()
    {
        var result = await SimulatedBench.SendAsync(new SimulatedBench().Request("What is 1+1?", keep: true));

        Encoding.UTF8.GetString(result.Answer!.Choices.Span).ShouldBe(
            $$"""[{"index":0,"message":{"role":"assistant","content":"{{result.Answer.Content}}","refusal":null},"logprobs":null,"finish_reason":"stop"}]""");
    }

    [Fact]
    public async Task Send_KeepChoicesStreamed_OpensDeliversAndFinishes()
    {
        var bench = new SimulatedBench();

        var result = await SimulatedBench.SendAsync(bench.Request("Explain rivers.", keep: true, stream: true));

        bench.Texts.ShouldBeEmpty();
        bench.Choices[0].ShouldBe("""[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]""");
        bench.Choices[^1].ShouldBe("""[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]""");
        string.Concat(bench.Choices[1..^1].Select(Delta)).ShouldBe(result.Answer!.Content);
        result.Answer.Choices.IsEmpty.ShouldBeTrue();
        bench.Events.ShouldBe(bench.Events.Where((entry, index) => entry != "first" || index == 3));
    }

    [Fact]
    public async Task Send_SeveralChoices_DifferAndAreBilledTogether()
    {
        var result = await SimulatedBench.SendAsync(new SimulatedBench().Request("Explain rivers.", more: ",\"n\":8", keep: true));

        var contents = JsonDocument.Parse(result.Answer!.Choices).RootElement.EnumerateArray()
            .Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!).ToArray();
        contents.Length.ShouldBe(8);
        contents.Distinct().Count().ShouldBeGreaterThan(1);
        result.Usage!.CompletionTokens.ShouldBe(contents.Sum(content => (content.Length + 3) / 4));
    }

    [Theory]
    [InlineData("\"required\"", false)]
    [InlineData("{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}", true)]
    public async Task Send_ForcedTool_CallsItWithItsRequiredArguments(string choice, bool stream)
    {
        var bench = new SimulatedBench();

        var result = await SimulatedBench.SendAsync(bench.Request("Oslo?", more: $"{Tools},\"tool_choice\":{choice}", keep: true, stream: stream));

        result.Outcome.ShouldBe(CallOutcome.Ok);
        result.Answer!.CallsTools.ShouldBeTrue();
        result.Answer.FinishReason.ShouldBe("tool_calls");
        var head = JsonDocument.Parse(stream ? Encoding.UTF8.GetBytes(bench.Choices[0]) : result.Answer.Choices)
            .RootElement[0].GetProperty(stream ? "delta" : "message");
        var call = head.GetProperty("tool_calls")[0];
        head.GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        call.GetProperty("id").GetString().ShouldNotBeNull().ShouldStartWith("call_sim");
        call.GetProperty("function").GetProperty("name").GetString().ShouldBe("weather");
        var arguments = stream ? string.Concat(bench.Choices[1..^1].Select(Delta)) : call.GetProperty("function").GetProperty("arguments").GetString()!;
        JsonDocument.Parse(arguments).RootElement.GetProperty("days").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
        JsonDocument.Parse(arguments).RootElement.GetProperty("city").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Send_LogProbabilities_CoverTheText()
    {
        var result = await SimulatedBench.SendAsync(new SimulatedBench().Request("What is 1+1?", more: ",\"logprobs\":true", keep: true));

        var tokens = JsonDocument.Parse(result.Answer!.Choices).RootElement[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().ToArray();
        string.Concat(tokens.Select(token => token.GetProperty("token").GetString())).ShouldBe(result.Answer.Content);
        tokens.ShouldAllBe(token => token.GetProperty("logprob").GetDouble() < 0);
    }

    [Theory]
    [InlineData("""{"model":"a","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]}""", "messages[0].content[0]")]
    [InlineData("""{"model":"a","messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"file","file":{}}]}]}""", "messages[0].content[1]")]
    [InlineData("""{"model":"a","n":2,"messages":[{"role":"user","content":"x"}]}""", "n")]
    [InlineData("""{"model":"a","max_tokens":1001,"messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("""{"model":"a","stop":["1","2","3","4","5"],"messages":[{"role":"user","content":"x"}]}""", "stop")]
    [InlineData("""{"model":"a","tool_choice":"required","messages":[{"role":"user","content":"x"}]}""", "tool_choice")]
    [InlineData("""{"model":"a","response_format":{"type":"xml"},"messages":[{"role":"user","content":"x"}]}""", "response_format.type")]
    public async Task Send_WhatAStrictProviderRejects_IsRejectedWithItsParam(string body, string? param)
    {
        var result = await SimulatedBench.SendAsync(new SimulatedBench().Raw(body));

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        result.Error!.Status.ShouldBe(400);
        result.Error.Param.ShouldBe(param);
    }

    [Fact]
    public async Task Send_EditsAndParameters_AreSeenAsAProviderWould()
    {
        var bench = new SimulatedBench();
        var request = bench.Request("Hello", more: ",\"max_tokens\":2,\"user\":\"u\"", edits: new RequestEdits().AppendMessage(
            """{"role":"user","content":"What is 20 + 22?"}"""u8.ToArray()));
        var plain = await SimulatedBench.SendAsync(request);
        var adapted = await SimulatedBench.SendAsync(request with { Model = request.Model with { Params = new ParamsConfig { Drop = ["max_tokens", "seed"] } } });

        plain.Answer!.IsCut.ShouldBe(adapted.Answer!.Content.Length > 8);
        adapted.Answer.Content.ShouldContain("42");
        adapted.DroppedParameters.ShouldBe(["max_tokens"]);
    }

    [Fact]
    public void SupportsContent_Kinds_TakesTextAndImages()
    {
        var upstream = new SimulatedUpstream(new ManualTimeProvider());

        Enum.GetValues<ContentPartKind>().Where(upstream.SupportsContent).ShouldBe([ContentPartKind.Text, ContentPartKind.Image,
            ContentPartKind.Refusal]);
    }

    private static string Delta(string choices)
    {
        var delta = JsonDocument.Parse(choices).RootElement[0].GetProperty("delta");
        return delta.TryGetProperty("content", out var content)
            ? content.GetString()!
            : delta.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()!;
    }
}
