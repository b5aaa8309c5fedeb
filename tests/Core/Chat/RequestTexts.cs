using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Chat;

/// <summary>Arbitrary valid requests, in every way in which the same JSON can be written.</summary>
internal static class RequestTexts
{
    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-0", "1.0", "1.00e+2", "1E-7", "12345678901234567890", "0.1000000000000000055", "\"\"", "\"a\\/b\"",
        "\"\\u00e9é中\\ud83d\\ude00😀\"", "\"\\\"},{[\\\\\"", "\"{original_request}\"", "[]", "{}", "[ ]",
    ];

    private static readonly string[] Optional =
    [
        "\"temperature\":1", "\"seed\" : -3", "\"n\":1", "\"stream\":true", "\"store\": false", "\"metadata\":{\"k\":\"v\"}", "\"tools\":[]",
        "\"tool\\u005fchoice\":\"auto\"", "\"max_tokens\":12", "\"max_completion_tokens\":null", "\"stop\":[\"\\n\"]", "\"top_p\":0.10",
        "\"response_format\":{\"type\":\"text\"}", "\"logprobs\":null", "\"user\":\"\\u0075\"", "\"reasoning_effort\":\"none\"",
    ];

    private static readonly string[] Messages =
    [
        "{\"role\":\"user\",\"content\":\"Hi\"}",
        "{ \"content\" : \"d\", \"role\" : \"developer\", \"x\":[1] }",
        "{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"t\"}]}",
        "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}",
        "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"42\"}",
        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}},{\"type\":\"text\",\"text\":\"\"}]}",
    ];

    public static Gen<string> Gen { get; } = FsCheck.Fluent.Gen.Choose(0, int.MaxValue).Select(seed => Text(new Random(seed)));

    private static string Text(Random random)
    {
        var fields = new List<string> { "\"model\":\"panel\"" };
        fields.AddRange(Optional.Where(_ => random.Next(3) == 0));
        for (var index = random.Next(5); index > 0; index--)
        {
            fields.Add($"\"x_{index}\"{Space(random)}:{Space(random)}{Value(random, 3)}");
        }

        var messages = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Messages[random.Next(Messages.Length)]);
        fields.Add($"\"messages\":{Space(random)}[{string.Join($"{Space(random)},", messages)}{Space(random)}]");
        var order = fields.ToArray();
        random.Shuffle(order);
        var text = new StringBuilder(Space(random)).Append('{');
        text.AppendJoin($"{Space(random)},{Space(random)}", order);
        return text.Append(Space(random)).Append('}').Append(Space(random)).ToString();
    }

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 4 : 2) switch
    {
        2 => $"[{string.Join(" ,", Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1)))}]",
        3 => $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(index => $"\"k{index}\" :{Value(random, depth - 1)}"))}}}",
        _ => Scalars[random.Next(Scalars.Length)],
    };

    private static string Space(Random random) => random.Next(6) switch { 0 => " ", 1 => "\n", 2 => "\r\n\t", _ => "" };
}
