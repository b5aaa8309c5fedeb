using System.Text;
using System.Text.Json;

namespace Ensemble.Load.Stub;

/// <summary>One model that the stub plays: its latency, and the bytes of its answer, built once.</summary>
internal sealed class StubModel
{
    /// <summary>Stands in every judge's answer and in no member's: so an answer that no judge wrote is found out.</summary>
    public const string JudgeWords = "The judge decides: ";

    private static readonly string[] Sentences =
    [
        "a cache in front ", "of the store helps, ", "as most reads repeat ", "within a few minutes, ",
        "but writes must then ", "drop what they touch, ", "and a short lifetime ", "bounds what is stale.",
    ];

    public StubModel(string name, bool isJudge, int milliseconds)
    {
        IsJudge = isJudge;
        Delay = milliseconds == 0 ? null : new DelayLine(milliseconds);

        // Members differ in their first words: a panel that agrees to the letter may be given less work.
        string[] deltas = [isJudge ? JudgeWords : $"As {name} sees it, ", .. Sentences];
        const string Usage = """{"prompt_tokens":120,"completion_tokens":48,"total_tokens":168}""";
        Whole = Encoding.UTF8.GetBytes(
            $$"""{"id":"chatcmpl-stub-0000000001","object":"chat.completion","created":1760000000,"model":"{{name}}","choices":[{"index":0,"message":{"role":"assistant","content":{{Quote(string.Concat(deltas) + " " + string.Concat(Sentences))}},"refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{{Usage}}}""");

        var stream = new StringBuilder();
        Add(stream, name, """[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""", "null");
        foreach (var delta in deltas)
        {
            Add(stream, name, $$$"""[{"index":0,"delta":{"content":{{{Quote(delta)}}}},"finish_reason":null}]""", "null");
        }

        Add(stream, name, """[{"index":0,"delta":{},"finish_reason":"stop"}]""", "null");
        Add(stream, name, "[]", Usage);
        Stream = Encoding.UTF8.GetBytes(stream.Append("data: [DONE]\n\n").ToString());
        Ticks = name == Names.Ticker ? new TickingAnswer(name) : null;
    }

    public bool IsJudge { get; }

    /// <summary>Null where the model answers at once.</summary>
    public DelayLine? Delay { get; }

    public byte[] Whole { get; }

    public byte[] Stream { get; }

    /// <summary>What it streams instead of <see cref="Stream"/>, where it is the judge with a token interval.</summary>
    public TickingAnswer? Ticks { get; }

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    public static string Chunk(string name, string choices, string usage) =>
        $$"""data: {"id":"chatcmpl-stub-0000000001","object":"chat.completion.chunk","created":1760000000,"model":"{{name}}","choices":{{choices}},"usage":{{usage}}}""" + "\n\n";

    private static void Add(StringBuilder stream, string name, string choices, string usage) => stream.Append(Chunk(name, choices, usage));
}
