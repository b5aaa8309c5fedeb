using Ensemble.Chat;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

/// <summary>Where the end of what a provider is to keep is marked.</summary>
public sealed class CacheMarkTests : IAsyncLifetime
{
    private const string Mark = "\"cache_control\":{\"type\":\"ephemeral\"}";

    private AnthropicHarness _harness = null!;

    public async ValueTask InitializeAsync()
    {
        _harness = await AnthropicHarness.StartAsync();
        _harness.Model = _harness.Model with { MarksCache = true };
    }

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData(
        """[{"role":"system","content":"Be brief."},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]}]""",
        """[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"text","text":"b"}]},{"role":"user","content":[{"type":"text","text":"c"},{"type":"text","text":"d","cache_control":{"type":"ephemeral"}}]}]""")]
    [InlineData(
        """[{"role":"user","content":"a"},{"role":"assistant","content":"b \n"}]""",
        """[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}]""")]
    [InlineData(
        """[{"role":"system","content":"Greet me."}]""",
        """[{"role":"user","content":[{"type":"text","text":"Greet me.","cache_control":{"type":"ephemeral"}}]}]""")]
    public async Task Send_Conversation_IsMarkedAtItsEnd(string messages, string expected) => (await _harness.MessagesAsync(messages)).ShouldBe(expected);

    [Fact]
    public async Task Send_ToolResultAtTheEnd_IsMarked() =>
        (await _harness.MessagesAsync("""
            [{"role":"user","content":"Hi"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"call_1","content":"ok"}]
            """)).ShouldEndWith($$"""{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"ok"}],{{Mark}}}]}]""");

    [Fact]
    public async Task Send_QuestionToAJudge_IsMarkedBeforeIt()
    {
        var edits = new RequestEdits().AppendMessage("""{"role":"user","content":"Candidates: A, B"}"""u8.ToArray());

        (await _harness.MessagesAsync("""[{"role":"user","content":"Hi"}]""", edits)).ShouldBe(
            $$"""[{"role":"user","content":[{"type":"text","text":"Hi",{{Mark}}},{"type":"text","text":"Candidates: A, B"}]}]""");
    }

    [Fact]
    public async Task Send_AdviceThatStaysWhileToolsAreCalled_IsWithinWhatIsKept()
    {
        var edits = new RequestEdits().AppendMessage("""{"role":"user","content":"Advice"}"""u8.ToArray(), after: 0);

        var messages = await _harness.MessagesAsync("""[{"role":"user","content":"Hi"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]""", edits);

        messages.ShouldContain("""{"type":"text","text":"Advice"}]}""");
        messages.ShouldEndWith($$"""{"type":"text","text":"c",{{Mark}}}]}]""");
        messages.Split(Mark).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Send_TwoTurnsOfAJudge_BeginAlikeUpToTheMark()
    {
        const string Turn = """{"role":"user","content":"Hi"}""";
        var first = await _harness.MessagesAsync($"[{Turn}]", new RequestEdits().AppendMessage("""{"role":"user","content":"A"}"""u8.ToArray()));
        var second = await _harness.MessagesAsync(
            $$"""[{{Turn}},{"role":"assistant","content":"Yes."},{"role":"user","content":"And?"}]""",
            new RequestEdits().AppendMessage("""{"role":"user","content":"B"}"""u8.ToArray()));

        var stable = first[..first.IndexOf($",{Mark}", StringComparison.Ordinal)];
        second.ShouldStartWith(stable);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"b"}]}]""")]
    [InlineData("""[{"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]},{"role":"user","content":"b"}]""")]
    public async Task Send_CallersOwnMarks_AreTheOnlyOnes(string messages) => (await _harness.MessagesAsync(messages)).ShouldNotContain(Mark);

    [Theory]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}},\"cache_control\":{\"type\":\"ephemeral\"}}]")]
    public async Task Send_CallersOwnMarkBesideMessages_IsTheOnlyOne(string field)
    {
        await _harness.FieldsAsync(field);

        _harness.Sent.GetProperty("messages").GetRawText().ShouldNotContain("cache_control");
    }

    [Fact]
    public async Task Send_QuestionThatIsAskedOnce_IsNotMarked()
    {
        (await _harness.MessagesAsync("""[{"role":"user","content":"Hi"}]""", new RequestEdits { IsOneOff = true })).ShouldNotContain("cache_control");
        (await _harness.MessagesAsync(
            """[{"role":"user","content":"Hi"}]""",
            new RequestEdits().ReplaceMessages("""[{"role":"user","content":"A prompt of the operator's own"}]"""u8.ToArray()))).ShouldNotContain("cache_control");
    }

    [Fact]
    public async Task Send_ModelWithoutTheOption_IsNotMarked()
    {
        _harness.Model = _harness.Model with { MarksCache = false };

        (await _harness.MessagesAsync("""[{"role":"user","content":"Hi"}]""")).ShouldNotContain("cache_control");
    }
}
