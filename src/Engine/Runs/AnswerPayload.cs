using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>What a sub-call gave, as JSON to be kept. Unknown fields are passed over, so that a newer version's can be read.</summary>
internal sealed record AnswerPayload
{
    /// <summary>In words, so that its order may change; null = <see cref="CallOutcome.Ok"/>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Whether there is no answer; what stands in its fields then means nothing.</summary>
    public bool IsMissing { get; init; }

    public UpstreamError? Error { get; init; }

    public required string Content { get; init; }

    public required string FinishReason { get; init; }

    public string? Refusal { get; init; }

    public ReadOnlyMemory<byte> Choices { get; init; }

    /// <summary>Null = none.</summary>
    public ReadOnlyMemory<byte>? Fields { get; init; }

    /// <summary>Null = none.</summary>
    public ReadOnlyMemory<byte>? UsageFields { get; init; }

    public bool CallsTools { get; init; }

    public TokenUsage? Usage { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public TimeSpan? FirstToken { get; init; }

    public required TimeSpan Total { get; init; }

    public int ReceivedCharacters { get; init; }

    public IReadOnlyList<string> DroppedParameters { get; init; } = [];

    [JsonIgnore]
    public ModelCallResult Result => new()
    {
        Outcome = Enum.TryParse<CallOutcome>(Outcome ?? nameof(CallOutcome.Ok), out var outcome) ? outcome : CallOutcome.InvalidResponse,
        Answer = IsMissing ? null : new ChatAnswer(Content, FinishReason)
        {
            Refusal = Refusal,
            Choices = Choices,
            Fields = Fields ?? default,
            UsageFields = UsageFields ?? default,
            CallsTools = CallsTools,
        },
        Error = Error,
        Usage = Usage,
        Attempts = Attempts,
        StartedAt = StartedAt,
        FirstToken = FirstToken,
        Total = Total,
        ReceivedCharacters = ReceivedCharacters,
        DroppedParameters = DroppedParameters,
    };

    public static AnswerPayload Of(ModelCallResult result) => new()
    {
        Outcome = result.Outcome == CallOutcome.Ok ? null : result.Outcome.ToString(),
        IsMissing = result.Answer is null,
        Error = result.Error,
        Content = result.Answer?.Content ?? "",
        FinishReason = result.Answer?.FinishReason ?? "",
        Refusal = result.Answer?.Refusal,
        Choices = result.Answer?.Choices ?? default,
        Fields = result.Answer is { Fields.Length: > 0 } direct ? direct.Fields : null,
        UsageFields = result.Answer is { UsageFields.Length: > 0 } reported ? reported.UsageFields : null,
        CallsTools = result.Answer?.CallsTools ?? false,
        Usage = result.Usage,
        Attempts = result.Attempts,
        StartedAt = result.StartedAt,
        FirstToken = result.FirstToken,
        Total = result.Total,
        ReceivedCharacters = result.ReceivedCharacters,
        DroppedParameters = result.DroppedParameters,
    };

    public static byte[] Write(ModelCallResult result) =>
        JsonSerializer.SerializeToUtf8Bytes(Of(result), AnswerPayloadContext.Default.AnswerPayload);

    /// <returns>Null where it is none.</returns>
    public static ModelCallResult? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AnswerPayloadContext.Default.AnswerPayload)?.Result;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnswerPayload))]
internal sealed partial class AnswerPayloadContext : JsonSerializerContext;
