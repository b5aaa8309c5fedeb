using System.Text.Json;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Messages;

/// <summary>Errors as Anthropic's clients read them.</summary>
internal sealed class MessagesErrorShape : IErrorShape
{
    private const string RequestId = "request-id";
    private const int Overloaded = 529;

    private static readonly MessagesErrorShape Instance = new();

    /// <summary>
    /// A middleware: requests of the Messages API, and requests with <c>anthropic-version</c> to any address, get errors of this shape.
    /// </summary>
    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/v1/messages", StringComparison.OrdinalIgnoreCase)
            || context.Request.Headers.ContainsKey("anthropic-version"))
        {
            context.Features.Set<IErrorShape>(Instance);
            context.Response.Headers[RequestId] = context.Response.Headers[HeaderNames.RequestId];
        }

        return next(context);
    }

    public int StatusOf(ApiError error) => error.Status == StatusCodes.Status503ServiceUnavailable ? Overloaded : error.Status;

    public void Write(Utf8JsonWriter json, ApiError error, HttpContext context)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        WriteError(json, error);
        json.WriteString("request_id"u8, context.Response.Headers[HeaderNames.RequestId].ToString());
        json.WriteEndObject();
    }

    /// <summary>Writes the member <c>error</c>.</summary>
    public static void WriteError(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, TypeOf(error));
        json.WriteString("message"u8, error.Message);
        if (error.Code is { } code)
        {
            json.WriteStartObject("details"u8);
            json.WriteString("error_code"u8, code);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string TypeOf(ApiError error) => error.Status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        504 => "timeout_error",
        < 500 => "invalid_request_error",
        _ => "api_error",
    };
}
