using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Ensemble.Load.Traffic;

/// <summary>A caller with the HTTP client of .NET: sends a request, reads its answer to the end, and checks it.</summary>
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
    public static HttpRequestMessage Request(Uri endpoint, byte[] body, int run)
    {
        RunMark.Write(body, run);
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) };
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

            if (firstContent == 0 && _streamed && AnswerCheck.HasContent(_answer.AsSpan(0, length)))
            {
                firstContent = Stopwatch.GetTimestamp();
            }
        }

        var end = Stopwatch.GetTimestamp();
        var isDegraded = response.Headers.Contains(AnswerHead.Degraded);
        var body = _answer.AsSpan(0, length);
        if (AnswerCheck.Fault((int)response.StatusCode, isDegraded, body, _streamed, firstContent != 0) is { } fault)
        {
            throw new LoadException(fault);
        }

        return new Sample(run, start, _streamed ? firstContent : end, end);
    }
}
