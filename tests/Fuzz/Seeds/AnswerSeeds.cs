using System.Text;
using System.Text.Json;
using Ensemble.Fuzz.Tests.Mutation;
using Ensemble.Fuzz.Tests.Support;

namespace Ensemble.Fuzz.Tests.Seeds;

/// <summary>Valid answers of providers, in the dialect and the form that the request asks for.</summary>
internal static class AnswerSeeds
{
    private static readonly string[] Texts =
    [
        "The answer is 391.", "391", "B) blue", "Yes.", "Paris is the capital of France. It lies on the Seine.", "```json\n{\"a\": 1, \"b\": null, \"c\": [1]}\n```",
        "{\"a\": 1}", "<think>hm, 17 * 23</think>It is 391.", "I am sorry, I cannot help with that.", "", "\\boxed{\\frac{1}{2}}", "東京は日本の首都です。人口は多い。", "#### 1,234.50",
    ];

    private static readonly string[] Errors =
    [
        """{"error":{"message":"Rate limit reached. Please try again in 3s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}""",
        """[{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT","details":[{"@type":"y","retryDelay":"3s"}]}}]""",
        """{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":1}]}""",
        """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", """{"message":"no"}""", "\"text\"", "<html>Bad gateway</html>", "",
    ];

    private static readonly (string Word, string[] Replies)[] Decisions =
    [
        ("pick", ["{\"pick\":\"A\"}", "{\"pick\":\"B\"}"]),
        ("issues", ["{\"pass\":true,\"issues\":[]}", "{\"pass\":false,\"issues\":[\"wrong\"]}"]),
        ("subtasks", ["{\"subtasks\":[{\"member\":\"maths\",\"task\":\"Do this.\"},{\"member\":\"text\",\"task\":\"And that.\"}]}"]),
        ("blind_spots", ["{\"consensus\":[\"x\"],\"contradictions\":[],\"partial_coverage\":[],\"unique_insights\":[],\"blind_spots\":[]}"]),
        ("confidence", ["{\"confidence\":0.8}", "{\"confidence\":80}"]),
        ("to", ["{\"to\":\"a\"}", "{\"to\":\"c\"}"]),
    ];

    private static readonly int[] Statuses = [400, 401, 402, 403, 404, 408, 413, 422, 425, 498, 500, 502, 503, 504, 529];

    /// <summary>A valid answer.</summary>
    public static UpstreamBytes Valid(UpstreamCall call, Random random) => Answer(call, random, content: Content(call, random));

    /// <summary>An answer of which the content, the JSON around it or the transport is not as it should be.</summary>
    public static UpstreamBytes Broken(UpstreamCall call, Random random)
    {
        if (random.Next(12) == 0)
        {
            var error = Encoding.UTF8.GetBytes(Errors[random.Next(Errors.Length)]);
            return new UpstreamBytes(Statuses[random.Next(Statuses.Length)], "application/json", Mutator.Apply(error, Mutator.Draw(random)), []);
        }

        var content = Content(call, random);
        var isInside = random.Next(2) == 0;
        if (isInside)
        {
            content = Encoding.Latin1.GetString(Mutator.Apply(Encoding.Latin1.GetBytes(content), Mutator.Draw(random)));
        }

        var answer = Answer(call, random, content);
        if (!isInside || random.Next(3) == 0)
        {
            answer = answer with { Body = BreakBody(answer, random) };
        }

        return answer with
        {
            ContentType = random.Next(12) == 0 ? "text/plain" : answer.ContentType,
            Cuts = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(answer.Body.Length + 1)).Order()],
            IsCut = random.Next(12) == 0,
        };
    }

    /// <summary>One event of a stream is changed, or the stream as a whole.</summary>
    private static byte[] BreakBody(UpstreamBytes answer, Random random)
    {
        var events = Encoding.Latin1.GetString(answer.Body).Split("data: ");
        if (answer.ContentType == "application/json" || events.Length < 2 || random.Next(4) == 0)
        {
            return Mutator.Apply(answer.Body, Mutator.Draw(random));
        }

        var at = random.Next(1, events.Length);
        var end = events[at].IndexOf("\n\n", StringComparison.Ordinal);
        var data = Mutator.Apply(Encoding.Latin1.GetBytes(events[at][..end]), Mutator.Draw(random));
        events[at] = Encoding.Latin1.GetString(data) + events[at][end..];
        return Encoding.Latin1.GetBytes(string.Join("data: ", events));
    }

    /// <summary>A text, or what a call that decides something asks for; its prompt or its schema has the words.</summary>
    private static string Content(UpstreamCall call, Random random)
    {
        foreach (var (word, replies) in Decisions)
        {
            if (call.Body.Contains($"{word}\\\"", StringComparison.Ordinal) || call.Body.Contains($"\"{word}\"", StringComparison.Ordinal))
            {
                return replies[random.Next(replies.Length)];
            }
        }

        return Texts[random.Next(Texts.Length)];
    }

    private static UpstreamBytes Answer(UpstreamCall call, Random random, string content)
    {
        if (call.WantsVectors)
        {
            var vectors = Enumerable.Range(0, 3).Select(index => $$"""{"object":"embedding","index":{{index}},"embedding":[0.1,0.{{index}},-0.3]}""");
            return Whole($$"""{"object":"list","data":[{{string.Join(',', vectors)}}],"model":"m","usage":{"prompt_tokens":3,"total_tokens":3} }""");
        }

        var text = JsonSerializer.Serialize(content);
        var callsTool = call.Body.Contains("\"weather\"", StringComparison.Ordinal) ? random.Next(2) == 0 : random.Next(15) == 0;
        return call.IsAnthropic ? Anthropic(call, text, callsTool) : OpenAi(call, text, callsTool);
    }

    private static UpstreamBytes OpenAi(UpstreamCall call, string text, bool callsTool)
    {
        const string usage = """ "usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":1}} """;
        const string tool = """ "tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}] """;
        var finish = callsTool ? "tool_calls" : "stop";
        return call.WantsStream
            ? Stream(
                Chunk("""{"role":"assistant","content":""}""", "null"),
                Chunk(callsTool ? $"{{{tool}}}" : $"{{\"content\":{text}}}", "null"),
                Chunk("{}", $"\"{finish}\""),
                $$"""data: {"id":"w","object":"chat.completion.chunk","created":1,"model":"m","choices":[],{{usage}}}""" + "\n\n",
                "data: [DONE]\n\n")
            : Whole($$"""
                {"id":"w","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":{{(callsTool ? "null," + tool : text)}}},
                "logprobs":{"content":[{"token":"a","logprob":-0.1,"bytes":[97],"top_logprobs":[]}]},"finish_reason":"{{finish}}"}],{{usage}}}
                """);

        static string Chunk(string delta, string finish) =>
            $$"""data: {"id":"w","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""" + "\n\n";
    }

    private static UpstreamBytes Anthropic(UpstreamCall call, string text, bool callsTool)
    {
        var stop = callsTool ? "tool_use" : "end_turn";
        if (!call.WantsStream)
        {
            var block = callsTool ? """{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Paris"}}""" : $$"""{"type":"text","text":{{text}}}""";
            return Whole($$"""
                {"id":"m","type":"message","role":"assistant","model":"m","content":[{{block}}],"stop_reason":"{{stop}}","stop_sequence":null,
                "usage":{"input_tokens":7,"cache_read_input_tokens":1,"cache_creation_input_tokens":0,"output_tokens":2} }
                """);
        }

        return Stream(
            Event("message_start", """ "message":{"id":"m","type":"message","role":"assistant","content":[],"usage":{"input_tokens":7,"output_tokens":1}} """),
            Event("content_block_start", callsTool
                ? """ "index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}} """
                : """ "index":0,"content_block":{"type":"text","text":""} """),
            Event("content_block_delta", callsTool
                ? """ "index":0,"delta":{"type":"input_json_delta","partial_json":"{\"city\":\"Paris\"}"} """
                : $$""" "index":0,"delta":{"type":"text_delta","text":{{text}}} """),
            Event("content_block_stop", """ "index":0 """),
            Event("message_delta", $$""" "delta":{"stop_reason":"{{stop}}"},"usage":{"output_tokens":2} """),
            Event("message_stop", """ "x":1 """));

        static string Event(string type, string members) => $$"""
            event: {{type}}
            data: {"type":"{{type}}",{{members}}}


            """.ReplaceLineEndings("\n");
    }

    private static UpstreamBytes Whole(string json) => new(200, "application/json", Encoding.UTF8.GetBytes(json), []);

    private static UpstreamBytes Stream(params string[] events) => new(200, "text/event-stream", Encoding.UTF8.GetBytes(string.Concat(events)), []);
}
