using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

internal static class StubBody
{
    /// <returns>Null where the body is longer than <paramref name="limit"/> bytes.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var length = 0L;
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            // A body that is too long is read to its end all the same: a client that is still sending would not see the answer.
            length += read;
            if (length <= limit)
            {
                await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }

        return length <= limit ? body.ToArray() : null;
    }

    public static StubRequest ToRequest(HttpContext http, byte[] body) => new(
        body,
        Parse(body),
        http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        http.Request.Protocol,
        http.Request.Path.Value ?? "",
        http.Request.QueryString.Value ?? "",
        http.Connection.Id);

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            return Utf8.IsValid(body) ? JsonElement.Parse(body) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
