using System.Text;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Upstreams;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

public sealed class MessageTranslationTests : IAsyncLifetime
{
    private const string Png = "iVBORw0KGgo=";

    private AnthropicHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await AnthropicHarness.StartAsync();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData("https://example.org/a.png", "{\"type\":\"url\",\"url\":\"https://example.org/a.png\"}")]
    [InlineData("data:image/png;base64,AAAA", "{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"}")]
    public async Task Send_ImageGivenAsAString_IsAnImage(string url, string source) =>
        (await _harness.MessagesAsync($$"""[{"role":"user","content":[{"type":"image_url","image_url":"{{url}}"},{"type":"text","text":"What?"}]}]"""))
            .ShouldContain(source);

    [Theory]
    [InlineData("{\"city\":\"Paris\"}", "{\"city\":\"Paris\"}")]
    [InlineData("[1]", "{\"arguments\":\"[1]\"}")]
    [InlineData("null", "{}")]
    public async Task Send_ArgumentsThatAreNoText_AreTheirJson(string arguments, string input) =>
        (await _harness.MessagesAsync($$"""
            [{"role":"user","content":"Hi"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":{{arguments}} } }]},
            {"role":"tool","tool_call_id":"call_1","content":"ok"}]
            """)).ShouldContain($"\"input\":{input}");

    [Theory]
    [InlineData(
        """[{"role":"user","content":"Hi"}]""",
        """[{"role":"user","content":[{"type":"text","text":"Hi"}]}]""")]
    [InlineData(
        """[{"role":"user","content":[{"type":"text","text":"a\u00e9"},{"type":"text","text":" "}]},{"role":"user","name":"bo","content":"b"}]""",
        """[{"role":"user","content":[{"type":"text","text":"a\u00e9"},{"type":"text","text":"b"}]}]""")]
    [InlineData(
        """[{"role":"user","content":"a"},{"role":"assistant","content":""},{"role":"user","content":"b"}]""",
        """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""")]
    [InlineData(
        """[{"role":"assistant","content":"Hello."},{"role":"user","content":"Hi"}]""",
        """[{"role":"user","content":[{"type":"text","text":"(conversation begins)"}]},{"role":"assistant","content":[{"type":"text","text":"Hello."}]},{"role":"user","content":[{"type":"text","text":"Hi"}]}]""")]
    [InlineData(
        """[{"role":"user","content":"Say"},{"role":"assistant","content":"It is \n\t"}]""",
        """[{"role":"user","content":[{"type":"text","text":"Say"}]},{"role":"assistant","content":[{"type":"text","text":"It is"}]}]""")]
    [InlineData(
        """[{"role":"user","content":"a"},{"role":"assistant","content":null,"refusal":"No."},{"role":"user","content":"b"}]""",
        """[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"text","text":"No."}]},{"role":"user","content":[{"type":"text","text":"b"}]}]""")]
    [InlineData(
        """[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]""",
        """[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]""")]
    public async Task Send_Messages_AreTurnsWithoutBlankText(string messages, string expected) =>
        (await _harness.MessagesAsync(messages)).ShouldBe(expected);

    [Fact]
    public async Task Send_SystemAndDeveloperMessages_AreJoinedInOrder()
    {
        var messages = await _harness.MessagesAsync(
            """[{"role":"system","content":"one"},{"role":"user","content":"Hi"},{"role":"developer","content":[{"type":"text","text":"two"}]}]""");

        messages.ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Hi"}]}]""");
        _harness.Sent.GetProperty("system").GetRawText().ShouldBe("""[{"type":"text","text":"one"},{"type":"text","text":"two"}]""");
    }

    [Fact]
    public async Task Send_OnlySystemMessages_AreAskedOfTheModel()
    {
        (await _harness.MessagesAsync("""[{"role":"system","content":"Greet me."}]"""))
            .ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Greet me."}]}]""");
        _harness.Sent.TryGetProperty("system", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Send_DeveloperRoleUser_IsAUsersTurn()
    {
        _harness.Model = _harness.Model with { Params = new() { DeveloperRole = "user" } };

        (await _harness.MessagesAsync("""[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi"}]"""))
            .ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Be brief."},{"type":"text","text":"Hi"}]}]""");
    }

    [Fact]
    public async Task Send_ToolTurns_AreUsesAndOneTurnOfResults()
    {
        var messages = await _harness.MessagesAsync("""
            [{"role":"user","content":"Weather?"},
            {"role":"assistant","content":"I look.","tool_calls":[
              {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"K\u00f6ln\"}"}},
              {"id":"functions.time:0","type":"function","function":{"name":"time","arguments":""}},
              {"id":"call_3","type":"function","function":{"name":"odd","arguments":"[1"}}]},
            {"role":"tool","tool_call_id":"call_1","content":"rain"},
            {"role":"tool","tool_call_id":"functions.time:0","content":[{"type":"text","text":"noon"}]},
            {"role":"tool","tool_call_id":"call_3","content":""},
            {"role":"user","content":"So?"}]
            """);

        messages.ShouldBe(string.Concat(
            """[{"role":"user","content":[{"type":"text","text":"Weather?"}]},""",
            """{"role":"assistant","content":[{"type":"text","text":"I look."},""",
            """{"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Köln"}},""",
            """{"type":"tool_use","id":"functions_time_0","name":"time","input":{}},""",
            """{"type":"tool_use","id":"call_3","name":"odd","input":{"arguments":"[1"}}]},""",
            """{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"rain"}]},""",
            """{"type":"tool_result","tool_use_id":"functions_time_0","content":[{"type":"text","text":"noon"}]},""",
            """{"type":"tool_result","tool_use_id":"call_3"},""",
            """{"type":"text","text":"So?"}]}]"""));
    }

    [Theory]
    [InlineData("data:image/png;base64," + Png, """{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}""")]
    [InlineData("data:image\\/jpg;charset=x;base64," + Png, """{"type":"base64","media_type":"image/jpeg","data":"iVBORw0KGgo="}""")]
    [InlineData("https://example.org/a.png?b=1", """{"type":"url","url":"https://example.org/a.png?b=1"}""")]
    public async Task Send_Image_IsASource(string url, string source) =>
        (await _harness.MessagesAsync($$$"""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{url}}}","detail":"low"}},{"type":"text","text":"What?"}]}]"""))
            .ShouldBe($$"""[{"role":"user","content":[{"type":"image","source":{{source}}},{"type":"text","text":"What?"}]}]""");

    [Fact]
    public async Task Send_LargeImage_ArrivesWhole()
    {
        var image = Convert.ToBase64String(new byte[3_000_000]);

        var messages = await _harness.MessagesAsync(
            $$$"""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/webp;base64,{{{image}}}"}}]}]""");

        messages.ShouldBe($$$"""[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"{{{image}}}"}}]}]""");
    }

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AAAA"}}]}""", "messages[0].content[0].image_url.url", "unsupported_content")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,AAAA"}}]}""", "messages[0].content[0].image_url.url", "unsupported_content")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://example.org/a.png"}}]}""", "messages[0].content[0].image_url.url", "unsupported_content")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{}}]}""", "messages[0].content[0].image_url.url", null)]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":"ftp://example.org/a.png"}]}""", "messages[0].content[0].image_url", "unsupported_content")]
    [InlineData("""{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]}""", "messages[0].content[0]", "unsupported_content")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"custom","custom":{"name":"x","input":"y"}}]}""", "messages[0].tool_calls[0]", null)]
    [InlineData("""{"role":"user","content":" "}""", "messages", null)]
    public async Task Send_WhatHasNoCounterpart_IsRejectedBeforeTheCall(string message, string param, string? code)
    {
        var result = await _harness.WholeAsync($$"""{"model":"alias","messages":[{{message}}]}""");

        result.Outcome.ShouldBe(CallOutcome.RequestRejected);
        result.Error!.Status.ShouldBe(400);
        result.Error.Param.ShouldBe(param);
        result.Error.Code.ShouldBe(code);
        _harness.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_MessagesOfTheGateway_TakeTheCallersPlace()
    {
        var edits = new RequestEdits()
            .ReplaceMessages(Encoding.UTF8.GetBytes("""[{"role":"user","content":[{"type":"text","text":"Judge."},{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]}]"""));

        (await _harness.MessagesAsync("""[{"role":"user","content":"Hi"}]""", edits))
            .ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Judge."},{"type":"image","source":{"type":"url","url":"https://example.org/a.png"}}]}]""");
    }

    [Fact]
    public async Task Send_AppendedMessage_JoinsTheLastTurn()
    {
        var edits = new RequestEdits().AppendMessage(Encoding.UTF8.GetBytes("""{"role":"user","content":"Judge."}"""));

        (await _harness.MessagesAsync("""[{"role":"system","content":"s"},{"role":"user","content":"Hi"}]""", edits))
            .ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"Judge."}]}]""");
    }

    [Fact]
    public async Task Send_MessageAppendedInTheMiddle_StandsThere()
    {
        var edits = new RequestEdits().AppendMessage(Encoding.UTF8.GetBytes("""{"role":"user","content":"Judge."}"""), after: 0);

        (await _harness.MessagesAsync("""[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},{"role":"user","content":"Go."}]""", edits))
            .ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"Judge."}]},{"role":"assistant","content":[{"type":"text","text":"Yes?"}]},{"role":"user","content":[{"type":"text","text":"Go."}]}]""");
    }

    [Fact]
    public async Task Send_FirstMessagesReplaced_KeepsTheRest()
    {
        var edits = new RequestEdits().ReplaceMessages(Encoding.UTF8.GetBytes("""[{"role":"user","content":"Judge."}]"""), count: 1);

        (await _harness.MessagesAsync("""[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},{"role":"user","content":"Go."}]""", edits))
            .ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Judge."}]},{"role":"assistant","content":[{"type":"text","text":"Yes?"}]},{"role":"user","content":[{"type":"text","text":"Go."}]}]""");
    }

    [Theory]
    [InlineData(ContentPartKind.Text, true)]
    [InlineData(ContentPartKind.Image, true)]
    [InlineData(ContentPartKind.Refusal, true)]
    [InlineData(ContentPartKind.Audio, false)]
    [InlineData(ContentPartKind.File, false)]
    [InlineData(ContentPartKind.Other, false)]
    public void SupportsContent_TextAndImages_AndNothingElse(ContentPartKind kind, bool carries) =>
        _harness.Upstream.SupportsContent(kind).ShouldBe(carries);

    [Fact]
    public async Task Send_AnyOrderOfTextMessages_IsTakenByTheProvider()
    {
        var message =
            from role in Gen.Elements("system", "developer", "user", "assistant")
            from text in Gen.Elements("", " ", "a", " b ", "c\n", "\u00e9\"\\")
            select new { role, content = text };
        var conversations = message.NonEmptyListOf().Sample(60).ToList();

        foreach (var conversation in conversations)
        {
            var result = await _harness.WholeAsync(JsonSerializer.Serialize(new { model = "alias", messages = conversation }));
            var because = JsonSerializer.Serialize(conversation);
            var hasText = conversation.Any(one => !string.IsNullOrWhiteSpace(one.content));
            result.Outcome.ShouldBe(hasText ? CallOutcome.Ok : CallOutcome.RequestRejected, because);
        }

        _harness.Stub.Violations.ShouldBeEmpty();
        foreach (var request in _harness.Stub.Requests)
        {
            var roles = request.Json.GetProperty("messages").EnumerateArray().Select(one => one.GetProperty("role").GetString()).ToList();
            roles.ShouldBe(roles.Select((_, index) => index % 2 == 0 ? "user" : "assistant"));
        }
    }
}
