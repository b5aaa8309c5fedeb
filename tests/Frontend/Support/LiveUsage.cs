using System.Net;
using System.Text.Json;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>A watcher of <c>/admin/usage/stream</c>.</summary>
internal sealed class LiveUsage : IDisposable
{
    private readonly StreamReader _reader;

    private LiveUsage(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _reader = new StreamReader(body);
    }

    public HttpResponseMessage Response { get; }

    /// <summary>Returns when the first comment has come: from then on nothing is missed.</summary>
    public static async Task<LiveUsage> OpenAsync(HttpClient http, string query = "", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/admin/usage/stream{query}");
        if (key is not null)
        {
            request.Headers.Add("Authorization", $"Bearer {key}");
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var live = new LiveUsage(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        (await live.ReadAsync()).ShouldBe((null, ": keep-alive"));
        return live;
    }

    /// <summary>The next event, or comment under the name null; null under the name null at the end.</summary>
    public async Task<(string? Name, string? Data)> ReadAsync()
    {
        var line = await _reader.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is null)
        {
            return default;
        }

        if (!line.StartsWith("event: ", StringComparison.Ordinal))
        {
            (await _reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("");
            return (null, line);
        }

        var data = (await _reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();
        data.ShouldStartWith("data: ");
        (await _reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("");
        return (line["event: ".Length..], data["data: ".Length..]);
    }

    /// <summary>The next event that is no comment.</summary>
    public async Task<(string? Name, JsonElement Data)> NextAsync()
    {
        while (true)
        {
            var (name, data) = await ReadAsync();
            if (name is not null || data is null)
            {
                return (name, data is null ? default : JsonElement.Parse(data));
            }
        }
    }

    /// <summary>Events up to the end of a run.</summary>
    public async Task<(IReadOnlyList<JsonElement> Calls, JsonElement Run)> RunAsync()
    {
        var calls = new List<JsonElement>();
        while (true)
        {
            var (name, data) = await NextAsync();
            switch (name)
            {
                case "sub_call":
                    calls.Add(data);
                    break;
                case "run":
                    return (calls, data);
                default:
                    throw new InvalidOperationException($"{name} {data}");
            }
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        Response.Dispose();
    }
}
