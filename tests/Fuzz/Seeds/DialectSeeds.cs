using System.Text;

namespace Ensemble.Fuzz.Tests.Seeds;

/// <summary>Valid requests of the Responses API and of the Messages API.</summary>
internal static class DialectSeeds
{
    private static readonly string[] Responses =
    [
        """ "input":"What is 17 * 23?" """,
        """ "instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"What is this?"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}]}],"max_output_tokens":50,"temperature":0.5,"metadata":{"a":"b"},"store":false,"user":"u" """,
        """ "input":[{"role":"user","content":"Weather in Paris?"},{"type":"reasoning","id":"rs_1","summary":[]},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather","arguments":"{\"city\":\"Paris\"}","status":"completed"},{"type":"function_call_output","call_id":"call_1","output":"18 °C"}],"tools":[{"type":"function","name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]},"strict":true}],"tool_choice":"auto","parallel_tool_calls":true """,
        """ "input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"https://x/y.png"}]}] """,
        """ "input":"As JSON.","text":{"format":{"type":"json_schema","name":"answer","strict":true,"schema":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}},"verbosity":"low"},"reasoning":{"effort":"low"} """,
        """ "input":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"refusal","refusal":"No."}]},{"role":"user","content":"東京の人口は？"}],"tools":[{"type":"function","name":"f","parameters":null}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]},"include":["reasoning.encrypted_content"],"truncation":"disabled" """,
    ];

    private static readonly string[] Messages =
    [
        """ "max_tokens":100,"messages":[{"role":"user","content":"What is 17 * 23?"}] """,
        """ "max_tokens":50,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}],"temperature":0.5,"top_k":5,"stop_sequences":["a"],"metadata":{"user_id":"u"} """,
        """ "max_tokens":100,"messages":[{"role":"user","content":"Weather in Paris?"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"Wait."},{"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Paris"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","is_error":false,"content":[{"type":"text","text":"18 °C"},{"type":"image","source":{"type":"url","url":"https://x/y.png"}}]},{"type":"text","text":"And?"}]}],"tools":[{"name":"weather","description":"Tells it.","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true} """,
        """ "max_tokens":4096,"messages":[{"role":"user","content":[{"type":"document","title":"a","source":{"type":"text","media_type":"text/plain","data":"b"}}]}],"thinking":{"type":"enabled","budget_tokens":2048},"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{}}}} """,
        """ "max_tokens":10,"system":"s","messages":[{"role":"user","content":"東京の人口は？"},{"role":"assistant","content":"1"},{"role":"system","content":"x"},{"role":"user","content":[]}],"tool_choice":{"type":"none"} """,
    ];

    public static byte[] Draw(string path, Random random)
    {
        var bodies = path == "/v1/responses" ? Responses : Messages;
        var alias = Support.FuzzCatalog.Aliases[random.Next(Support.FuzzCatalog.Aliases.Count)];
        var stream = random.Next(2) == 0 ? ",\"stream\":true" : "";
        return Encoding.UTF8.GetBytes($"{{\"model\":\"{alias}\",{bodies[random.Next(bodies.Length)].Trim()}{stream}}}");
    }
}
