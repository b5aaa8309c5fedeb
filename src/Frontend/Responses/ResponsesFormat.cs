using System.IO.Pipelines;
using System.Text.Json;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Runs;

namespace Ensemble.Frontend.Responses;

/// <summary>Writes response objects.</summary>
/// <param name="echo">Of the request that is answered.</param>
internal sealed class ResponsesFormat(Echo echo) : IAnswerFormat
{
    private static readonly (string Chat, string Here)[] Names =
    [
        ("max_completion_tokens", "max_output_tokens"), ("messages", "input"), ("response_format", "text.format"),
        ("reasoning_effort", "reasoning.effort"), ("verbosity", "text.verbosity"),
    ];

    public long HeldBytes => echo.Size;

    public ApiError Describe(ApiError error)
    {
        foreach (var (chat, here) in Names)
        {
            if (error.Param?.StartsWith(chat, StringComparison.Ordinal) == true)
            {
                // Positions among messages are not those among items.
                var isList = chat == "messages";
                return error with
                {
                    Param = isList ? here : string.Concat(here, error.Param.AsSpan(chat.Length)),
                    Message = error.Message.Replace(
                        isList ? $"'{error.Param}'" : $"'{chat}", isList ? $"'{here}'" : $"'{here}", StringComparison.Ordinal),
                };
            }
        }

        return error;
    }

    public void Write(Utf8JsonWriter json, WholeAnswer answer)
    {
        var blocks = AnswerBlocks.Of(answer);
        if (blocks.All.Count == 0)
        {
            blocks.AddEmpty();
        }

        new ResponseWriter(answer.Request, answer.Created, echo).Write(json, answer.Completed, blocks.All);
    }

    public IAnswerStream OpenStream(PipeWriter output, RunRequest request, long created) =>
        new ResponsesStream(output, new ResponseWriter(request, created, echo));
}
