using System.Text;
using System.Text.Json;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>A stream of named server-sent events, read to its end.</summary>
/// <param name="Events">Their names, which are also their types, and their data.</param>
/// <param name="Comments">What clients skip.</param>
/// <param name="IsBroken">Whether the connection ended before the body did.</param>
internal sealed record TypedEvents(
    HttpResponseMessage Response, IReadOnlyList<(string Type, JsonElement Data)> Events, IReadOnlyList<string> Comments, bool IsBroken)
{
    public IReadOnlyList<string> Types => [.. Events.Select(one => one.Type)];

    public JsonElement this[string type] => Events.Single(one => one.Type == type).Data;

    public IEnumerable<JsonElement> All(string type) => Events.Where(one => one.Type == type).Select(one => one.Data);

    public static async Task<TypedEvents> ReadAsync(Gateway gateway, string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        var response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now.Cancel);
        var body = new MemoryStream();
        var isBroken = false;
        try
        {
            await response.Content.CopyToAsync(body, Now.Cancel);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            isBroken = true;
        }

        var events = new List<(string, JsonElement)>();
        var comments = new List<string>();
        foreach (var block in Encoding.UTF8.GetString(body.ToArray()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (block.StartsWith(':'))
            {
                comments.Add(block);
                continue;
            }

            var lines = block.Split('\n');
            lines.Length.ShouldBe(2, block);
            lines[0].ShouldStartWith("event: ");
            lines[1].ShouldStartWith("data: ");
            var data = JsonElement.Parse(lines[1]["data: ".Length..]);
            data.GetProperty("type").GetString().ShouldBe(lines[0]["event: ".Length..]);
            events.Add((lines[0]["event: ".Length..], data));
        }

        return new TypedEvents(response, events, comments, isBroken);
    }
}
