using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Frontend.Responses;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Responses;

/// <summary>What a request of the Responses API is as one of chat completions, field by field.</summary>
public sealed class RequestTests
{
    private const string Tool = """{"type":"function","name":"weather","description":"d","parameters":{"type":"object"},"strict":true}""";

    private const string Format =
        """{"type":"json_schema","name":"answer","schema":{"type":"object"},"strict":true,"description":"d"}""";

    [Theory]
    [InlineData("""{"input":"hi"}""", """[{"role":"user","content":"hi"}]""")]
    [InlineData("""{"input":"hi","instructions":"Be brief."}""", """[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}]""")]
    [InlineData("""{"input":[{"role":"developer","content":"a"},{"role":"user","content":[{"type":"input_text","text":"b"}]}]}""",
        """[{"role":"developer","content":"a"},{"role":"user","content":"b"}]""")]
    [InlineData(
        """{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"b"},{"type":"input_image","image_url":"https://x/y.png","detail":"low"}]}]}""",
        """[{"role":"user","content":[{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}}]}]""")]
    [InlineData(
        """{"input":[{"role":"user","content":[{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}""",
        """[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]""")]
    [InlineData(
        """{"input":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"refusal","refusal":"no"}]},{"role":"user","content":"b"}]}""",
        """[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"no"}]},{"role":"user","content":"b"}]""")]
    [InlineData(
        """{"input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[]},{"type":"message","role":"assistant","content":"b"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"reasoning","summary":[]},{"type":"function_call","call_id":"c2","name":"g","arguments":"{\"x\":1}"},{"type":"function_call_output","call_id":"c1","output":"r1"},{"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"r2"}]}]}""",
        """[{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"x\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"tool","tool_call_id":"c2","content":"r2"}]""")]
    [InlineData(
        """{"input":[{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":[{"type":"input_image","image_url":"data:image/png;base64,AA=="}]},{"role":"user","content":"b"}]}""",
        """[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"The images of this result follow the results."}]},{"role":"user","content":[{"type":"text","text":"Images of tool results:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},{"role":"user","content":"b"}]""")]
    public void Input_BecomesMessages(string request, string messages) => Read(request).GetProperty("messages").ShouldBeJson(messages);

    [Theory]
    [InlineData($$$"""{"tools":[{{{Tool}}}]}""", "tools", """[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object"},"strict":true}}]""")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":"required"}""", "tool_choice", "\"required\"")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"function","name":"weather"}}""", "tool_choice", """{"type":"function","function":{"name":"weather"}}""")]
    [InlineData(
        $$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"weather"}]}}""",
        "tool_choice",
        """{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"weather"}}]}}""")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"parallel_tool_calls":false}""", "parallel_tool_calls", "false")]
    [InlineData($$$"""{"text":{"format":{{{Format}}},"verbosity":"low"}}""", "response_format", """{"type":"json_schema","json_schema":{"name":"answer","description":"d","schema":{"type":"object"},"strict":true}}""")]
    [InlineData($$$"""{"text":{"format":{{{Format}}},"verbosity":"low"}}""", "verbosity", "\"low\"")]
    [InlineData("""{"text":{"format":{"type":"json_object"}}}""", "response_format", """{"type":"json_object"}""")]
    [InlineData("""{"max_output_tokens":50}""", "max_completion_tokens", "50")]
    [InlineData("""{"temperature":0.50}""", "temperature", "0.50")]
    [InlineData("""{"top_p":0.5}""", "top_p", "0.5")]
    [InlineData("""{"reasoning":{"effort":"low","summary":"auto"}}""", "reasoning_effort", "\"low\"")]
    [InlineData("""{"user":"u"}""", "user", "\"u\"")]
    [InlineData("""{"stream":true}""", "stream_options", """{"include_usage":true}""")]
    [InlineData("""{"safety_identifier":"s"}""", "safety_identifier", "\"s\"")]
    [InlineData("""{"prompt_cache_key":"k"}""", "prompt_cache_key", "\"k\"")]
    [InlineData("""{"service_tier":"flex"}""", "service_tier", "\"flex\"")]
    [InlineData("""{"seed":7}""", "seed", "7")]
    public void Field_IsKeptOrMapped(string fields, string name, string value) => Read(fields).GetProperty(name).ShouldBeJson(value);

    [Theory]
    [InlineData("""{"store":true}""", "store")]
    [InlineData("""{"metadata":{"a":"b"}}""", "metadata")]
    [InlineData("""{"truncation":"auto"}""", "truncation")]
    [InlineData("""{"include":["reasoning.encrypted_content"]}""", "include")]
    [InlineData("""{"max_tool_calls":5}""", "max_tool_calls")]
    [InlineData("""{"previous_response_id":null}""", "previous_response_id")]
    [InlineData("""{"background":false}""", "background")]
    [InlineData("""{"tools":[]}""", "tools")]
    [InlineData("""{"tool_choice":"auto"}""", "tool_choice")]
    [InlineData("""{"parallel_tool_calls":true}""", "parallel_tool_calls")]
    [InlineData("""{"text":{"format":{"type":"text"}}}""", "response_format")]
    [InlineData("""{"max_output_tokens":null}""", "max_completion_tokens")]
    [InlineData("""{"reasoning":{}}""", "reasoning_effort")]
    public void Field_WithoutEffectHere_IsTakenAndNotPassedOn(string fields, string name) => Read(fields).TryGetProperty(name, out _).ShouldBeFalse();

    [Theory]
    [InlineData("""{"previous_response_id":"resp_1"}""", "previous_response_id")]
    [InlineData("""{"conversation":"conv_1"}""", "conversation")]
    [InlineData("""{"background":true}""", "background")]
    [InlineData("""{"prompt":{"id":"p"}}""", "prompt")]
    [InlineData("""{"include":["message.output_text.logprobs"]}""", "include")]
    [InlineData("""{"top_logprobs":3}""", "top_logprobs")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "messages")]
    [InlineData("""{"max_tokens":100}""", "max_tokens")]
    [InlineData("""{"n":2}""", "n")]
    [InlineData("""{"tools":[{"type":"web_search"}]}""", "tools[0].type")]
    [InlineData("""{"tools":[{"type":"mcp","server_label":"x"}]}""", "tools[0].type")]
    [InlineData("""{"tools":[{"type":"custom","name":"x"}]}""", "tools[0].type")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools[0].name")]
    [InlineData("""{"tools":{}}""", "tools")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"file_search"}}""", "tool_choice")]
    [InlineData("""{"text":{"format":{"type":"grammar"}}}""", "text.format.type")]
    [InlineData("""{"text":{"format":{"type":"json_schema","schema":{}}}}""", "text.format.name")]
    [InlineData("""{"text":{"format":{"type":"json_schema","name":"a"}}}""", "text.format.schema")]
    [InlineData("""{"text":"json"}""", "text")]
    [InlineData("""{"max_output_tokens":0}""", "max_output_tokens")]
    [InlineData("""{"metadata":"x"}""", "metadata")]
    [InlineData("""{"instructions":[]}""", "instructions")]
    [InlineData("""{"stream":"yes"}""", "stream")]
    [InlineData("""{"model":""}""", "model")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":7}""", "input")]
    [InlineData("""{"input":["a"]}""", "input[0]")]
    [InlineData("""{"input":[{"role":"tool","content":"a"}]}""", "input[0].role")]
    [InlineData("""{"input":[{"role":"user"}]}""", "input[0].content")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"video"}]}]}""", "input[0].content[0].type")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]}""", "input[0].content[0].image_url")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]}""", "input[0].content[0].file_data")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text"}]}]}""", "input[0].content[0].text")]
    [InlineData("""{"input":[{"type":"item_reference","id":"msg_1"}]}""", "input[0]")]
    [InlineData("""{"input":[{"type":"web_search_call","id":"ws"}]}""", "input[0].type")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f"}]}""", "input[0].arguments")]
    [InlineData("""{"input":[{"type":"function_call_output","output":"a"}]}""", "input[0].call_id")]
    public void Field_ThatCannotBeHad_IsRefusedByItsName(string fields, string param) =>
        Should.Throw<ChatRequestException>(() => Read(fields)).Param.ShouldBe(param);

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{\"model\":\"m\",\"input\":\"a\"} {}")]
    public void Body_ThatIsNoObject_IsRefused(string body) =>
        Should.Throw<ChatRequestException>(() => new ResponsesDialect().Read(Encoding.UTF8.GetBytes(body), Nothing)).Param.ShouldBeNull();

    [Fact]
    public void Body_AtTheDepthOfItsLimit_IsTaken()
    {
        var schema = string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "{}" + new string('}', 60);

        var chat = Read($$"""{"tools":[{"type":"function","name":"f","parameters":{{schema}}}]}""");

        chat.GetProperty("tools").GetArrayLength().ShouldBe(1);
    }

    private static readonly CatalogSnapshot Nothing = new(1, [], [], []);

    private static JsonElement Read(string fields)
    {
        var request = System.Text.Json.Nodes.JsonNode.Parse(fields)!.AsObject();
        request.TryAdd("model", "m");
        request.TryAdd("input", "hi");
        var dialect = new ResponsesDialect();
        var chat = dialect.Read(Encoding.UTF8.GetBytes(request.ToJsonString()), Nothing).Chat;
        ChatRequestParser.Parse(chat, dialect.Limits).Model.ShouldBe("m");
        return JsonElement.Parse(chat.Span, new JsonDocumentOptions { MaxDepth = 128 });
    }
}
