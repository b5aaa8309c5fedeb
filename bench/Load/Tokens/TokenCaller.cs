using System.Diagnostics;
using System.Text;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Tokens;

/// <summary>Asks for streamed answers, and reads of each token how long it took to come here.</summary>
internal sealed class TokenCaller(HttpMessageInvoker http, Uri endpoint)
{
    private readonly byte[] _body = Caller.Body(Names.Tokens, streamed: true);
    private readonly byte[] _answer = new byte[64 * 1024];

    /// <exception cref="LoadException">The answer is not a whole, judged, undegraded one.</exception>
    public async Task<TokenSample> AskAsync(CancellationToken cancel)
    {
        try
        {
            return await ReadAsync(cancel);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            throw new LoadException($"a broken answer: {problem.Message}");
        }
    }

    private async Task<TokenSample> ReadAsync(CancellationToken cancel)
    {
        using var request = Caller.Request(endpoint, _body, LoadGenerator.TakeRun());
        var start = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request, cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var delays = new List<long>(Names.TokenCount);
        var (length, seen, first, last) = (0, 0, 0L, 0L);
        for (int read; (read = await stream.ReadAsync(_answer.AsMemory(length), cancel)) > 0;)
        {
            var now = Stopwatch.GetTimestamp();
            length += read;
            if (length == _answer.Length)
            {
                throw new LoadException("A streamed answer is longer than 64 KiB.");
            }

            ReadOnlySpan<byte> rest = _answer.AsSpan(seen, length - seen);
            while (TokenStamp.TryTake(ref rest, out var written))
            {
                if (written <= last)
                {
                    throw new LoadException("A token came twice, or out of order.");
                }

                (last, first) = (written, first == 0 ? now - start : first);
                delays.Add(now - written);
            }

            seen = length - rest.Length;
        }

        Check(response, _answer.AsSpan(0, length), delays.Count);
        return new TokenSample([.. delays], first);
    }

    private static void Check(HttpResponseMessage response, ReadOnlySpan<byte> answer, int tokens)
    {
        var fault = (int)response.StatusCode != 200 ? $"status {(int)response.StatusCode}"
            : response.Headers.Contains("x-ensemble-degraded") ? "a degraded answer"
            : tokens != Names.TokenCount ? $"{tokens} tokens instead of {Names.TokenCount}"
            : answer.IndexOf("\"stop\""u8) < 0 ? "an answer without its finish"
            : !answer.TrimEnd("\n"u8).EndsWith("data: [DONE]"u8) ? "a stream without [DONE]"
            : null;
        if (fault is not null)
        {
            throw new LoadException($"{fault}: {Encoding.UTF8.GetString(answer[..Math.Min(answer.Length, 300)])}");
        }
    }
}
