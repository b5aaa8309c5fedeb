using System.IO.Pipelines;
using System.Text.Json;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;

namespace Ensemble.Frontend.Dialects;

/// <summary>How the answer to one request is written.</summary>
internal interface IAnswerFormat
{
    /// <summary>What it holds of the request while the answer is made, in bytes.</summary>
    long HeldBytes => 0;

    /// <summary>Names fields as this API does, in an error that names those of chat completions.</summary>
    ApiError Describe(ApiError error);

    /// <summary>Writes the members of a whole answer's object.</summary>
    void Write(Utf8JsonWriter json, WholeAnswer answer);

    /// <param name="created">Unix time in seconds.</param>
    IAnswerStream OpenStream(PipeWriter output, RunRequest request, long created);
}

/// <param name="Created">Unix time in seconds.</param>
/// <param name="Text">An ensemble's; null where there was none, or <paramref name="Completed"/> has choices.</param>
internal readonly record struct WholeAnswer(RunRequest Request, long Created, string? Text, RunCompleted Completed);
