using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Frontend.Messages;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Messages;

/// <summary>What a request of the Messages API is as one of chat completions, field by field.</summary>
public sealed class RequestTests
{
    private const string Tool = """{"name":"weather","description":"d","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}""";

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", """[{"role":"user","content":"hi"}]""")]
    [InlineData("""{"system":"Be brief."}""", """[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}]""")]
    [InlineData(
        """{"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}]}""",
        """[{"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"user","content":"hi"}]""")]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"image","source":{"type":"url","url":"https://x/y.png"}}]}]}""",
        """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]""")]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"AA=="}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"b"}}]}]}""",
        """[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}},{"type":"text","text":"b"}]}]""")]
    [InlineData(
        """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"a"},{"type":"tool_use","id":"c1","name":"f","input":{"x":1}},{"type":"tool_use","id":"c2","name":"g","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"r1"},{"type":"tool_result","tool_use_id":"c2","is_error":true,"content":[{"type":"text","text":"r2"}]},{"type":"text","text":"go on"}]}]}""",
        """[{"role":"user","content":"q"},{"role":"assistant","content":"a","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"The tool failed:"},{"type":"text","text":"r2"}]},{"role":"user","content":"go on"}]""")]
    [InlineData(
        """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1"}]}]}""",
        """[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":""}]""")]
    [InlineData(
        """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"r"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}]}]}]}""",
        """[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"r"},{"type":"text","text":"The images of this result follow the results."}]},{"role":"user","content":[{"type":"text","text":"Images of tool results:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}]""")]
    [InlineData(
        """{"messages":[{"role":"user","content":"q"},{"role":"system","content":"s"},{"role":"assistant","content":"pre"}]}""",
        """[{"role":"user","content":"q"},{"role":"system","content":"s"},{"role":"assistant","content":"pre"}]""")]
    public void Messages_BecomeThoseOfAChat(string request, string messages) => Read(request).GetProperty("messages").ShouldBeJson(messages);

    [Theory]
    [InlineData("""{"max_tokens":50}""", "max_completion_tokens", "50")]
    [InlineData("""{"temperature":0.5}""", "temperature", "0.5")]
    [InlineData("""{"top_p":0.5}""", "top_p", "0.5")]
    [InlineData("""{"top_k":5}""", "top_k", "5")]
    [InlineData("""{"stop_sequences":["a","b"]}""", "stop", """["a","b"]""")]
    [InlineData("""{"metadata":{"user_id":"u"}}""", "user", "\"u\"")]
    [InlineData("""{"metadata":{"user_id":"0123456789012345678901234567890123456789012345678901234567890123456789"}}""", "user", "\"6a6d9d8dd8e9e4b7b6a9e0e7d1b2d2c2\"", false)]
    [InlineData("""{"stream":true}""", "stream_options", """{"include_usage":true}""")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":1024}}""", "reasoning_effort", "\"low\"")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":4096}}""", "reasoning_effort", "\"medium\"")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":31999}}""", "reasoning_effort", "\"high\"")]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}""", "reasoning_effort", "\"max\"")]
    [InlineData("""{"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}}""", "response_format", """{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"},"strict":true}}""")]
    [InlineData("""{"output_format":{"type":"json_schema","schema":{}}}""", "response_format", """{"type":"json_schema","json_schema":{"name":"answer","schema":{},"strict":true}}""")]
    [InlineData($$$"""{"tools":[{{{Tool}}}]}""", "tools", """[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object"}}}]""")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"auto"}}""", "tool_choice", "\"auto\"")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"none"}}""", "tool_choice", "\"none\"")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"any"}}""", "tool_choice", "\"required\"")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"tool","name":"weather"}}""", "tool_choice", """{"type":"function","function":{"name":"weather"}}""")]
    [InlineData($$$"""{"tools":[{{{Tool}}}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}""", "parallel_tool_calls", "false")]
    public void Field_IsKeptOrMapped(string fields, string name, string value, bool isExact = true)
    {
        var mapped = Read(fields).GetProperty(name);

        if (isExact)
        {
            mapped.ShouldBeJson(value);
        }
        else
        {
            mapped.GetString()!.ShouldMatch("^[0-9a-f]{64}$");
        }
    }

    [Theory]
    [InlineData("""{"thinking":{"type":"disabled"}}""", "reasoning_effort")]
    [InlineData("""{"thinking":{"type":"adaptive"}}""", "thinking")]
    [InlineData("""{"service_tier":"auto"}""", "service_tier")]
    [InlineData("""{"context_management":{"edits":[]}}""", "context_management")]
    [InlineData("""{"cache_control":{"type":"ephemeral"}}""", "cache_control")]
    [InlineData("""{"mcp_servers":[]}""", "mcp_servers")]
    [InlineData("""{"container":null}""", "container")]
    [InlineData("""{"a_new_field":1}""", "a_new_field")]
    [InlineData("""{"tools":[]}""", "tools")]
    [InlineData("""{"tool_choice":{"type":"auto"}}""", "tool_choice")]
    [InlineData("""{"stop_sequences":[]}""", "stop")]
    public void Field_WithoutEffectHere_IsTakenAndNotPassedOn(string fields, string name) => Read(fields).TryGetProperty(name, out _).ShouldBeFalse();

    [Theory]
    [InlineData("""{"max_tokens":null}""", "max_tokens")]
    [InlineData("""{"max_tokens":0}""", "max_tokens")]
    [InlineData("""{"model":null}""", "model")]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":"hi"}""", "messages")]
    [InlineData("""{"messages":[{"role":"tool","content":"a"}]}""", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"video"}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text"}]}]}""", "messages[0].content[0].text")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]}""", "messages[0].content[0].source.type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"u"}}]}]}""", "messages[0].content[0].source.type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}""", "messages[0].content[0].tool_use_id")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"server_tool_use"}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":"x"}]}]}""", "messages[0].content[0].input")]
    [InlineData("""{"system":7}""", "system")]
    [InlineData("""{"system":[{"type":"image"}]}""", "system[0].type")]
    [InlineData("""{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", "tools[0].type")]
    [InlineData("""{"tools":[{"name":"f"}]}""", "tools[0].input_schema")]
    [InlineData("""{"tools":[{"input_schema":{}}]}""", "tools[0].name")]
    [InlineData("""{"tool_choice":{"type":"some"}}""", "tool_choice.type")]
    [InlineData("""{"stop_sequences":[1]}""", "stop_sequences")]
    [InlineData("""{"thinking":{"type":"enabled"}}""", "thinking.budget_tokens")]
    [InlineData("""{"output_config":{"format":{"type":"xml"}}}""", "output_config.format.type")]
    [InlineData("""{"mcp_servers":[{"name":"x"}]}""", "mcp_servers")]
    [InlineData("""{"container":"c"}""", "container")]
    [InlineData("""{"stream":1}""", "stream")]
    public void Field_ThatCannotBeHad_IsRefusedByItsName(string fields, string param) =>
        Should.Throw<ChatRequestException>(() => Read(fields)).Param.ShouldBe(param);

    [Theory]
    [InlineData("claude", true)]
    [InlineData("claudes", true)]
    [InlineData("gpt", false)]
    [InlineData("mixed", false)]
    public void CacheMarks_AreKeptWhereEveryModelTakesThem(string alias, bool areKept)
    {
        var url = new Uri("http://127.0.0.1:1/");
        var catalog = new CatalogSnapshot(
            1,
            [TestModels.Anthropic("claude", url), TestModels.Anthropic("claude-2", url), TestModels.OpenAi("gpt", url)],
            [TestEnsembles.Of("claudes", (string[])["claude", "claude-2"], "claude"), TestEnsembles.Of("mixed", (string[])["claude", "claude-2"], "gpt")],
            []);

        var chat = Read(
            $$$"""
            {"model":"{{{alias}}}","tools":[{{{Tool}}}],"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}]}
            """,
            catalog);

        chat.GetRawText().Split("cache_control").Length.ShouldBe(areKept ? 4 : 1);
    }

    private static JsonElement Read(string fields, CatalogSnapshot? catalog = null)
    {
        var request = System.Text.Json.Nodes.JsonNode.Parse(fields)!.AsObject();
        request.TryAdd("model", "m");
        request.TryAdd("max_tokens", 100);
        request.TryAdd("messages", JsonSerializer.SerializeToNode(new[] { new { role = "user", content = "hi" } }));
        var dialect = new MessagesDialect();
        var chat = dialect.Read(Encoding.UTF8.GetBytes(request.ToJsonString()), catalog ?? new CatalogSnapshot(1, [], [], [])).Chat;
        ChatRequestParser.Parse(chat, dialect.Limits);
        return JsonElement.Parse(chat.Span);
    }
}
