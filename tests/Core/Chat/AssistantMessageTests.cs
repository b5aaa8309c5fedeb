using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Core.Tests.Runs;

namespace Ensemble.Core.Tests.Chat;

/// <summary>Messages of an assistant as clients send them back.</summary>
public sealed class AssistantMessageTests
{
    private const string Call = """[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]""";

    [Theory]
    [InlineData("""{"role":"assistant","content":null}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"role":"assistant"}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"content":[ ],"role":"assistant"}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[]}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":null,"function_call":null}""", """{"role":"assistant","function_call":null,"content":""}""")]
    [InlineData("""{"role":"assistant","content":"Hi","tool_calls":[]}""", """{"role":"assistant","content":"Hi"}""")]
    [InlineData("""{"role":"assistant","content":null,"reasoning_content":"x"}""", """{"role":"assistant","reasoning_content":"x","content":""}""")]
    [InlineData("""{"role":"assistant","content":null,"refusal":"No."}""", """{"role":"assistant","refusal":"No.","content":""}""")]
    [InlineData("""{"role":"assistant","content":[],"tool_calls":CALL}""", """{"role":"assistant","tool_calls":CALL,"content":null}""")]
    public void Parse_SaysNothing_IsSentInTheFormThatProvidersTake(string message, string expected) => Sent(message).ShouldBe(expected.Replace("CALL", Call, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":CALL}""")]
    [InlineData("""{"role":"assistant","tool_calls":CALL}""")]
    [InlineData("""{"role":"assistant","content":null,"function_call":{"name":"f","arguments":""}}""")]
    [InlineData("""{"role":"assistant","audio":{"id":"a"}}""")]
    [InlineData("""{"role":"assistant","content":"","refusal":null}""")]
    public void Parse_SaysSomething_StaysByteForByte(string message) => Sent(message).ShouldBe(message.Replace("CALL", Call, StringComparison.Ordinal));

    private static string Sent(string message)
    {
        var body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}," + message.Replace("CALL", Call, StringComparison.Ordinal) + ",{\"role\":\"user\",\"content\":\"Again\"}]}";
        var chat = RunBench.Parse(body);
        chat.Messages.Count.ShouldBe(3);
        JsonNode.Parse(chat.Body.Span)!["messages"]!.AsArray().Count.ShouldBe(3);
        var whole = chat.Messages[1].Whole;
        return Encoding.UTF8.GetString(chat.Slice(whole));
    }
}
