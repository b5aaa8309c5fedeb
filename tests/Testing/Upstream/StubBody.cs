using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

internal static class StubBody
{
    /// <returns>Null where the body is longer than <paramref name="limit"/> bytes.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > limit)
            {
                return null;
            }

            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return body.ToArray();
    }

    public static StubRequest ToRequest(HttpContext http, byte[] body) => new(
        body,
        Parse(body),
        http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        http.Request.Protocol,
        http.Request.Path.Value ?? "",
        http.Connection.Id);

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
