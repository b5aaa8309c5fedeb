using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>A sub-call's answer as JSON, to be kept. Unknown fields are passed over, so that a newer version's can be read.</summary>
internal sealed record AnswerPayload
{
    public required string Content { get; init; }

    public required string FinishReason { get; init; }

    public string? Refusal { get; init; }

    public ReadOnlyMemory<byte> Choices { get; init; }

    public bool CallsTools { get; init; }

    public TokenUsage? Usage { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public TimeSpan? FirstToken { get; init; }

    public required TimeSpan Total { get; init; }

    public int ReceivedCharacters { get; init; }

    public IReadOnlyList<string> DroppedParameters { get; init; } = [];

    /// <param name="result">One that has an answer.</param>
    public static byte[] Write(ModelCallResult result)
    {
        var answer = result.Answer!;
        return JsonSerializer.SerializeToUtf8Bytes(
            new AnswerPayload
            {
                Content = answer.Content,
                FinishReason = answer.FinishReason,
                Refusal = answer.Refusal,
                Choices = answer.Choices,
                CallsTools = answer.CallsTools,
                Usage = result.Usage,
                Attempts = result.Attempts,
                StartedAt = result.StartedAt,
                FirstToken = result.FirstToken,
                Total = result.Total,
                ReceivedCharacters = result.ReceivedCharacters,
                DroppedParameters = result.DroppedParameters,
            },
            AnswerPayloadContext.Default.AnswerPayload);
    }

    /// <returns>Null where it is none.</returns>
    public static ModelCallResult? Read(ReadOnlySpan<byte> json)
    {
        AnswerPayload? payload;
        try
        {
            payload = JsonSerializer.Deserialize(json, AnswerPayloadContext.Default.AnswerPayload);
        }
        catch (JsonException)
        {
            return null;
        }

        return payload is null ? null : new ModelCallResult
        {
            Outcome = CallOutcome.Ok,
            Answer = new ChatAnswer(payload.Content, payload.FinishReason) { Refusal = payload.Refusal, Choices = payload.Choices, CallsTools = payload.CallsTools },
            Usage = payload.Usage,
            Attempts = payload.Attempts,
            StartedAt = payload.StartedAt,
            FirstToken = payload.FirstToken,
            Total = payload.Total,
            ReceivedCharacters = payload.ReceivedCharacters,
            DroppedParameters = payload.DroppedParameters,
        };
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnswerPayload))]
internal sealed partial class AnswerPayloadContext : JsonSerializerContext;
