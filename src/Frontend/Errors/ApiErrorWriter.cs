using System.Globalization;
using System.Text.Json;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Errors;

/// <summary>
/// Writes errors, as a whole answer or as an event of a stream: in OpenAI's shape, unless the request has an <see cref="IErrorShape"/>.
/// </summary>
internal static class ApiErrorWriter
{
    public static Task WriteAsync(HttpContext context, ApiError error)
    {
        var response = context.Response;
        var shape = context.Features.Get<IErrorShape>();
        response.StatusCode = shape?.StatusOf(error) ?? error.Status;
        if (error.RetryAfter is { } retryAfter)
        {
            // Whole seconds, and never 0: that would say "at once".
            var seconds = Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds));
            if (error.IsPermanent && IgnoresShouldRetry(context.Request))
            {
                response.Headers["retry-after-ms"] = (seconds * 1000).ToString(CultureInfo.InvariantCulture);
            }
            else
            {
                response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }
        }

        if (error.IsPermanent)
        {
            response.Headers[HeaderNames.ShouldRetry] = "false";
        }

        return shape is null
            ? JsonResponse.WriteAsync(response, error, static (json, value) => Write(json, value))
            : JsonResponse.WriteAsync(
                response, (shape, error, context), static (json, value) => value.shape.Write(json, value.error, value.context));
    }

    /// <summary>
    /// Whether the client is OpenAI's for .NET, which does not read <c>x-should-retry</c> and sleeps through any Retry-After, three times.
    /// </summary>
    private static bool IgnoresShouldRetry(HttpRequest request) =>
        request.Headers.UserAgent is [{ } agent] && agent.Contains("OpenAI/", StringComparison.Ordinal)
        && agent.Contains("(.NET", StringComparison.Ordinal);

    public static void Write(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
        if (error.Issues is { } issues)
        {
            json.WritePropertyName("errors"u8);
            JsonSerializer.Serialize(json, issues, ErrorJson.Default.IReadOnlyListCatalogIssue);
        }

        json.WriteEndObject();
    }
}
