using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Ensemble.Load.Stub;

namespace Ensemble.Load.Traffic;

/// <summary>One connection's worth of load: sends a request, reads its answer to the end, and checks it.</summary>
internal sealed class Caller
{
    private const string Question =
        "Our shop's product pages take two seconds to load at noon and half a second at night. The database is on the same machine as the "
        + "web server, most requests read the same two hundred products, and prices change about ten times an hour. What would you change "
        + "first, and what must we watch out for?";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _http;
    private readonly Uri _door;
    private readonly bool _streamed;
    private readonly byte[] _body;
    private readonly byte[] _answer = new byte[64 * 1024];

    public Caller(HttpMessageInvoker http, Uri gateway, string alias, bool streamed)
    {
        _http = http;
        _door = new Uri(gateway, Names.ChatPath);
        _streamed = streamed;
        _body = Body(alias, streamed);
    }

    /// <summary>A question that holds a place for the number of its run.</summary>
    public static byte[] Body(string alias, bool streamed)
    {
        var stream = streamed ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "";
        return Encoding.UTF8.GetBytes(
            $$"""{"model":"{{alias}}","messages":[{"role":"user","content":"{{Question}} [{{RunMark.Placeholder}}]"}]{{stream}}}""");
    }

    /// <param name="body">Gets the run's number.</param>
    public static HttpRequestMessage Request(Uri door, byte[] body, int run)
    {
        RunMark.Write(body, run);
        var request = new HttpRequestMessage(HttpMethod.Post, door) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Names.CallerKey}");
        return request;
    }

    /// <exception cref="LoadException">The answer is not a whole, judged, undegraded one.</exception>
    public async Task<Sample> AskAsync(int run, CancellationToken cancel)
    {
        using var request = Request(_door, _body, run);

        var start = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request, cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var (length, firstContent) = (0, 0L);
        while (true)
        {
            var read = await stream.ReadAsync(_answer.AsMemory(length), cancel);
            if (read == 0)
            {
                break;
            }

            length += read;
            if (length == _answer.Length)
            {
                throw new LoadException("An answer is longer than 64 KiB.");
            }

            if (firstContent == 0 && _streamed && HasContent(_answer.AsSpan(0, length)))
            {
                firstContent = Stopwatch.GetTimestamp();
            }
        }

        var end = Stopwatch.GetTimestamp();
        Check(response, _answer.AsSpan(0, length), firstContent);
        return new Sample(run, start, _streamed ? firstContent : end, end);
    }

    /// <summary>A role chunk may carry an empty content: that is no answer yet.</summary>
    private static bool HasContent(ReadOnlySpan<byte> answer)
    {
        var mark = "\"content\":\""u8;
        for (var at = answer.IndexOf(mark); at >= 0; at = answer.IndexOf(mark))
        {
            answer = answer[(at + mark.Length)..];
            if (!answer.IsEmpty && answer[0] != '"')
            {
                return true;
            }
        }

        return false;
    }

    private void Check(HttpResponseMessage response, ReadOnlySpan<byte> answer, long firstContent)
    {
        var fault = (int)response.StatusCode != 200 ? $"status {(int)response.StatusCode}"
            : response.Headers.Contains("x-ensemble-degraded") ? "a degraded answer"
            : answer.IndexOf(Encoding.UTF8.GetBytes(StubModel.JudgeWords.Trim())) < 0 ? "an answer without the judge's words"
            : answer.IndexOf("\"stop\""u8) < 0 ? "an answer without its finish"
            : !_streamed ? null
            : firstContent == 0 ? "a stream without content"
            : !answer.TrimEnd("\n"u8).EndsWith("data: [DONE]"u8) ? "a stream without [DONE]"
            : null;
        if (fault is not null)
        {
            throw new LoadException($"{fault}: {Encoding.UTF8.GetString(answer[..Math.Min(answer.Length, 300)])}");
        }
    }
}
