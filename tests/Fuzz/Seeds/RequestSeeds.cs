using System.Text;

namespace Ensemble.Fuzz.Tests.Seeds;

/// <summary>Valid chat requests.</summary>
internal static class RequestSeeds
{
    private const string Tool =
        """{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]},"strict":true}}""";

    private const string Schema =
        """{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object","properties":{"a":{"type":"integer","minimum":0},"b":{"anyOf":[{"type":"string","pattern":"^x"},{"type":"null"}]},"c":{"type":"array","items":{"enum":[1,2.0,"3"]},"uniqueItems":true}},"required":["a"],"additionalProperties":false}}}""";

    /// <summary>What stands between <c>{"model":NAME,</c> and the closing brace.</summary>
    private static readonly string[] Bodies =
    [
        """ "messages":[{"role":"user","content":"What is 17 * 23?"}] """,
        """ "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Is it A) red, B) blue or C) green?"}]}],"temperature":0.2,"seed":7,"max_tokens":64 """,
        """ "messages":[{"role":"developer","content":"x"},{"role":"user","content":"Say yes or no: is 7 prime?"}],"stop":["\n\n"],"top_p":0.5,"presence_penalty":0,"frequency_penalty":0,"user":"u1","metadata":{"a":"b"},"store":false """,
        """ "messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}}]}],"max_completion_tokens":50 """,
        """ "messages":[{"role":"user","content":"Weather in Paris?"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]},{"role":"tool","tool_call_id":"call_1","content":"18 °C"}],"tools":[TOOL],"tool_choice":"auto","parallel_tool_calls":true """,
        """ "messages":[{"role":"user","content":"Weather in Rome?"}],"tools":[TOOL],"tool_choice":{"type":"function","function":{"name":"weather"}} """,
        """ "messages":[{"role":"user","content":"As JSON, please."}],"response_format":{"type":"json_object"} """,
        """ "messages":[{"role":"user","content":"Fill it in."}],"response_format":SCHEMA """,
        """ "messages":[{"role":"user","content":"Hallo, wie geht es dir? Nenne drei Gründe."},{"role":"assistant","content":"1. a\n2. b","refusal":null},{"role":"user","content":"Mehr."}],"logit_bias":{"50256":-100},"reasoning_effort":"low","verbosity":"low","n":1 """,
        """ "messages":[{"role":"user","name":"bob","content":"How many? Answer with \\boxed{}."},{"role":"assistant","content":[{"type":"refusal","refusal":"No."}]},{"role":"user","content":"東京の人口は？"}],"logprobs":false,"service_tier":"auto","prediction":null """,
    ];

    public static byte[] Draw(Random random)
    {
        var body = Bodies[random.Next(Bodies.Length)];
        var stream = random.Next(3) switch
        {
            0 => ",\"stream\":true",
            1 => ",\"stream\":true,\"stream_options\":{\"include_usage\":true}",
            _ => "",
        };
        var alias = Support.FuzzCatalog.Aliases[random.Next(Support.FuzzCatalog.Aliases.Count)];
        body = body.Trim().Replace("TOOL", Tool, StringComparison.Ordinal).Replace("SCHEMA", Schema, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes($"{{\"model\":\"{alias}\",{body}{stream}}}");
    }
}
