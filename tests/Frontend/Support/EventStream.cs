using System.Text.Json;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>A streamed answer, line by line.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _reader = new StreamReader(body);
    }

    public HttpResponseMessage Response { get; }

    public static async Task<EventStream> OpenAsync(HttpResponseMessage response) =>
        new(response, await response.Content.ReadAsStreamAsync(Now.Cancel));

    public string? Header(string name) => Response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    /// <summary>The next event or comment as it stands, without its blank line; null at the end.</summary>
    public async Task<string?> NextAsync()
    {
        var line = await _reader.ReadLineAsync(Now.Cancel);
        if (line is not null)
        {
            (await _reader.ReadLineAsync(Now.Cancel)).ShouldBe("");
        }

        return line;
    }

    /// <summary>The next event, whatever comments come before it, as they do where an answer takes its time; null at the end.</summary>
    public async Task<string?> NextEventAsync()
    {
        var line = await NextAsync();
        while (line is [':', ..])
        {
            line = await NextAsync();
        }

        return line;
    }

    /// <summary>Events and comments up to the end.</summary>
    public async Task<IReadOnlyList<string>> RestAsync()
    {
        var lines = new List<string>();
        while (await NextAsync() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    public static IReadOnlyList<JsonElement> Chunks(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line["data: ".Length..]))];

    public static string Content(IEnumerable<string> lines) => string.Concat(
        from chunk in Chunks(lines)
        from choice in chunk.GetProperty("choices").EnumerateArray()
        where choice.GetProperty("delta").TryGetProperty("content", out _)
        select choice.GetProperty("delta").GetProperty("content").GetString());

    public void Dispose()
    {
        _reader.Dispose();
        Response.Dispose();
    }
}
