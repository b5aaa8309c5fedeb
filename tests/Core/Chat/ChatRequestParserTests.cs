using System.Text;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Chat;

public sealed class ChatRequestParserTests
{
    private const string User = """{"role":"user","content":"Hi"}""";

    [Fact]
    public void Parse_FullRequest_KnowsWhatTheGatewayActsOn()
    {
        var chat = RunBench.Parse(
            """
            {"model":"panel","stream":true,"stream_options":{"x":{},"include_usage":true},"n":1,"max_tokens":3,"max_completion_tokens":9,
             "messages":[{"role":"developer","content":"d"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}},
             {"type":"input_audio"},{"type":"file"},{"type":"refusal","refusal":"r"},{"type":"hologram"}]},
             {"role":"assistant","tool_calls":[{"id":"1"}]},{"role":"tool","tool_call_id":"1","content":"t"}]}
            """);

        (chat.Model, chat.Stream, chat.IncludeUsage, chat.N, chat.MaxTokens).ShouldBe(("panel", true, true, 1, 9L));
        chat.Messages.Select(message => message.Role).ShouldBe([ChatRole.Developer, ChatRole.User, ChatRole.Assistant, ChatRole.Tool]);
        chat.Messages.Select(message => message.PartCount).ShouldBe([0, 6, 0, 0]);
        chat.Parts.Select(part => part.Kind).ShouldBe(
            [ContentPartKind.Text, ContentPartKind.Image, ContentPartKind.Audio, ContentPartKind.File, ContentPartKind.Refusal, ContentPartKind.Other]);
        Encoding.UTF8.GetString(chat.Slice(chat.Messages[0].Content)).ShouldBe("\"d\"");
        Encoding.UTF8.GetString(chat.Slice(chat.Parts[1].Whole)).ShouldBe("""{"type":"image_url","image_url":{}}""");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    [InlineData("{}{}", null)]
    [InlineData("{\"a\":1,}", null)]
    [InlineData("{\"messages\":[" + User + "]}", "model")]
    [InlineData("{\"model\":\"\",\"messages\":[" + User + "]}", "model")]
    [InlineData("{\"model\":\"m\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":{}}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[1]}", "messages[0]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"content\":\"x\"}]}", "messages[0].role")]
    [InlineData("{\"model\":\"m\",\"messages\":[" + User + ",{\"role\":\"wizard\",\"content\":\"x\"}]}", "messages[1].role")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}", "messages[0].content")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":null}]}", "messages[0].content")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":7}]}", "messages[0].content")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[\"x\"]}]}", "messages[0].content[0]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{}]}]}", "messages[0].content[0].type")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}", "messages[0].tool_call_id")]
    [InlineData("{\"model\":\"m\",\"model\":\"n\",\"messages\":[" + User + "]}", "model")]
    [InlineData("{\"model\":\"m\",\"mod\\u0065l\":\"n\",\"messages\":[" + User + "]}", "model")]
    [InlineData("{\"model\":\"m\",\"n\":0,\"messages\":[" + User + "]}", "n")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":1.5,\"messages\":[" + User + "]}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"temperature\":2.1,\"messages\":[" + User + "]}", "temperature")]
    [InlineData("{\"model\":\"m\",\"temperature\":\"1\",\"messages\":[" + User + "]}", "temperature")]
    [InlineData("{\"model\":\"m\",\"stream\":\"yes\",\"messages\":[" + User + "]}", "stream")]
    [InlineData("{\"model\":\"m\",\"stream_options\":{},\"messages\":[" + User + "]}", "stream_options")]
    [InlineData("{\"model\":\"m\",\"tools\":{},\"messages\":[" + User + "]}", "tools")]
    [InlineData("{\"model\":\"m\",\"\\ud800\":1,\"messages\":[" + User + "]}", null)]
    public void Parse_NotARequest_NamesTheField(string json, string? param) =>
        Should.Throw<ChatRequestException>(() => RunBench.Parse(json)).Param.ShouldBe(param);

    [Fact]
    public void Parse_NotUtf8_SaysSo() =>
        Should.Throw<ChatRequestException>(() => ChatRequestParser.Parse(new byte[] { (byte)'{', 0xFF, (byte)'}' }, ChatLimits.Default)).Message.ShouldContain("UTF-8");

    [Fact]
    public void Parse_OverALimit_NamesIt()
    {
        var limits = new ChatLimits { MaxMessages = 1, MaxDepth = 8, MaxFields = 3, MaxParts = 1 };
        Refusal($$"""{"model":"m","messages":[{{User}},{{User}}]}""").ShouldContain("more than 1 messages");
        Refusal($$"""{"model":"m","x":[[[[[[[[1]]]]]]]],"messages":[{{User}}]}""").ShouldContain("deeper than 8 levels");
        Refusal($$"""{"model":"m","x":1,"y":2,"messages":[{{User}}]}""").ShouldContain("more than 3 fields");
        Refusal("""{"model":"m","messages":[{"role":"user","content":[{"type":"text"},{"type":"text"}]}]}""").ShouldContain("more than 1 content parts");

        string Refusal(string json) => Should.Throw<ChatRequestException>(() => ChatRequestParser.Parse(Encoding.UTF8.GetBytes(json), limits)).Message;
    }

    [Fact]
    public void Parse_ArbitraryRequests_IndexesEveryField() =>
        Prop.ForAll(Arb.From(RequestTexts.Gen), json =>
        {
            var chat = RunBench.Parse(json);
            using var document = System.Text.Json.JsonDocument.Parse(json);
            chat.Fields.Select(field => field.Name).ShouldBe(document.RootElement.EnumerateObject().Select(field => field.Name));
            foreach (var field in chat.Fields)
            {
                Encoding.UTF8.GetString(chat.Slice(field.Value)).ShouldBe(document.RootElement.GetProperty(field.Name).GetRawText());
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Parse_MutatedRequests_AreParsedOrRefused() =>
        Prop.ForAll(Arb.From(RequestTexts.Gen.Zip(Gen.Choose(0, 10_000)).Zip(Gen.Elements("\"", "{", "]", "null", "\\ud800", ",", "1"))), mutation =>
        {
            var ((json, at), piece) = mutation;
            var text = json.Insert(at % (json.Length + 1), piece);
            try
            {
                RunBench.Parse(text).Messages.Count.ShouldBeGreaterThan(0);
            }
            catch (ChatRequestException)
            {
                // The only exception that is allowed.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("null", false)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("[ \\n ]", false)]
    [InlineData("\"none\"", false)]
    [InlineData("\"auto\"", false)]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("[0]", true)]
    [InlineData("{}", true)]
    [InlineData("\"required\"", true)]
    public void Asks_Value_IsSomethingOrNothing(string value, bool expected) =>
        RunBench.Parse($$"""{"model":"m","x":{{value.Replace("\\n", "\n", StringComparison.Ordinal)}},"messages":[{{User}}]}""").IsSet("x").ShouldBe(expected);
}
