using System.Text.Json;

namespace Ensemble.Frontend.Errors;

/// <summary>How errors are written for a request whose client does not read OpenAI's: a feature of the request.</summary>
internal interface IErrorShape
{
    /// <returns>The HTTP status.</returns>
    int StatusOf(ApiError error);

    /// <summary>Writes the whole body.</summary>
    void Write(Utf8JsonWriter json, ApiError error, HttpContext context);
}
