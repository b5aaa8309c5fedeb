using System.Net;
using System.Text.Json;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>A whole HTTP answer.</summary>
internal sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private static readonly string[] ErrorFields = ["message", "type", "param", "code"];

    public JsonElement Json => JsonElement.Parse(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string Content => Choice.GetProperty("message").GetProperty("content").GetString()!;

    public JsonElement Choice => Json.GetProperty("choices")[0];

    public string Completion => Json.GetProperty("id").GetString()!;

    /// <summary>Everything a caller sees of this answer.</summary>
    public string Everything => string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}").Append(Body));

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer(response.StatusCode, headers, await response.Content.ReadAsStringAsync(Now.Cancel));
    }

    /// <summary>Demands OpenAI's error shape with exactly its four fields, and returns them.</summary>
    public (string Message, string Type, string? Param, string? Code) ShouldBeError(int status, string type, string? code, string? param = null)
    {
        ((int)Status).ShouldBe(status, Body);
        Header("content-type").ShouldBe("application/json");
        Header("x-request-id").ShouldNotBeNullOrEmpty();
        var error = ErrorOf(Json);
        error.Type.ShouldBe(type);
        error.Code.ShouldBe(code);
        error.Param.ShouldBe(param);
        return error;
    }

    public static (string Message, string Type, string? Param, string? Code) ErrorOf(JsonElement body)
    {
        body.EnumerateObject().Select(field => field.Name).ShouldBe(["error"]);
        var error = body.GetProperty("error");
        error.EnumerateObject().Select(field => field.Name).ShouldBe(ErrorFields);
        return (
            error.GetProperty("message").GetString()!,
            error.GetProperty("type").GetString()!,
            error.GetProperty("param").GetString(),
            error.GetProperty("code").GetString());
    }
}
