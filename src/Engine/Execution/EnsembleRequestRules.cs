using System.Text.Json;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Execution;

/// <summary>What an ensemble cannot answer, and says so before any call.</summary>
public static class EnsembleRequestRules
{
    private const string Code = ErrorCodes.UnsupportedByEnsemble;

    /// <param name="tools">What the ensemble does with tools.</param>
    /// <exception cref="ChatRequestException">The request asks for something that has no meaning over several answers.</exception>
    public static void Check(ChatRequest request, ToolsMode tools)
    {
        if (request.N > 1)
        {
            throw Refused("n", "An ensemble gives one answer: leave 'n' out, or send 1.");
        }

        Refuse(request, "logprobs", "An ensemble's answer has no token log-probabilities: leave 'logprobs' out, or name a single model.");
        Refuse(request, "audio", "An ensemble answers in text: leave 'audio' out, or name a single model.");
        CheckTools(request, tools);
        if (request.TryGetField("modalities", out var modalities) && HoldsAudio(request.Slice(modalities.Value)))
        {
            throw Refused("modalities", "An ensemble answers in text: leave \"audio\" out of 'modalities', or name a single model.");
        }
    }

    private static void CheckTools(ChatRequest request, ToolsMode tools)
    {
        if (tools != ToolsMode.Reject)
        {
            Refuse(request, "functions", "'functions' is the legacy form of 'tools': send those, or name a single model.");
            Refuse(request, "function_call", "'function_call' is the legacy form of 'tool_choice': send that, or name a single model.");
            if (request.IsSet("tool_choice") && !request.IsSet("tools"))
            {
                throw new ChatRequestException(
                    "'tool_choice' says which of 'tools' to call, and there are none: send 'tools', or leave it out.", "tool_choice");
            }

            if (ToolOffer.Of(request).UnknownChoice is { } name)
            {
                throw new ChatRequestException(
                    $"'tool_choice' names '{name}', which is not one of 'tools': name one of them.", "tool_choice");
            }

            return;
        }

        Refuse(request, "functions", "'functions' is the legacy form of tools, and this ensemble takes neither: name a single model.");
        Refuse(
            request, "function_call",
            "'function_call' is the legacy form of 'tool_choice', and this ensemble takes neither: name a single model.");
        Refuse(request, "tools", "This ensemble does not call tools: leave 'tools' out, or name a single model.");
        Refuse(request, "tool_choice", "This ensemble does not call tools: leave 'tool_choice' out, or name a single model.");
    }

    private static void Refuse(ChatRequest request, string field, string message)
    {
        if (request.IsSet(field))
        {
            throw Refused(field, message);
        }
    }

    private static bool HoldsAudio(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && reader.TextIs("audio"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static ChatRequestException Refused(string param, string message) => new(message, param, Code);
}
