using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Upstreams;

namespace Ensemble.Usage;

/// <summary>
/// Writes sub-calls in manifests as the serializer would, byte for byte, in a third of the time: they are most of a manifest, and one is
/// written for each run.
/// </summary>
internal sealed class UsageEventConverter : JsonConverter<UsageEvent>
{
    private static readonly JsonEncodedText Run = JsonEncodedText.Encode(nameof(UsageEvent.Run));
    private static readonly JsonEncodedText Incarnation = JsonEncodedText.Encode(nameof(UsageEvent.Incarnation));
    private static readonly JsonEncodedText Ensemble = JsonEncodedText.Encode(nameof(UsageEvent.Ensemble));
    private static readonly JsonEncodedText Caller = JsonEncodedText.Encode(nameof(UsageEvent.Caller));
    private static readonly JsonEncodedText Role = JsonEncodedText.Encode(nameof(UsageEvent.Role));
    private static readonly JsonEncodedText Key = JsonEncodedText.Encode(nameof(UsageEvent.Key));
    private static readonly JsonEncodedText Step = JsonEncodedText.Encode(nameof(SubCallKey.Step));
    private static readonly JsonEncodedText Member = JsonEncodedText.Encode(nameof(SubCallKey.Member));
    private static readonly JsonEncodedText Sample = JsonEncodedText.Encode(nameof(SubCallKey.Sample));
    private static readonly JsonEncodedText Model = JsonEncodedText.Encode(nameof(UsageEvent.Model));
    private static readonly JsonEncodedText Outcome = JsonEncodedText.Encode(nameof(UsageEvent.Outcome));
    private static readonly JsonEncodedText Attempts = JsonEncodedText.Encode(nameof(UsageEvent.Attempts));
    private static readonly JsonEncodedText StartedAt = JsonEncodedText.Encode(nameof(UsageEvent.StartedAt));
    private static readonly JsonEncodedText FirstToken = JsonEncodedText.Encode(nameof(UsageEvent.FirstToken));
    private static readonly JsonEncodedText Total = JsonEncodedText.Encode(nameof(UsageEvent.Total));
    private static readonly JsonEncodedText PromptTokens = JsonEncodedText.Encode(nameof(UsageEvent.PromptTokens));
    private static readonly JsonEncodedText CompletionTokens = JsonEncodedText.Encode(nameof(UsageEvent.CompletionTokens));
    private static readonly JsonEncodedText CachedTokens = JsonEncodedText.Encode(nameof(UsageEvent.CachedTokens));
    private static readonly JsonEncodedText CacheWriteTokens = JsonEncodedText.Encode(nameof(UsageEvent.CacheWriteTokens));
    private static readonly JsonEncodedText ReasoningTokens = JsonEncodedText.Encode(nameof(UsageEvent.ReasoningTokens));
    private static readonly JsonEncodedText Source = JsonEncodedText.Encode(nameof(UsageEvent.Source));
    private static readonly JsonEncodedText CostUsd = JsonEncodedText.Encode(nameof(UsageEvent.CostUsd));

    public override UsageEvent? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, UsageEventContext.Default.UsageEvent);

    public override void Write(Utf8JsonWriter writer, UsageEvent value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Run, value.Run.Value);
        writer.WriteNumber(Incarnation, value.Incarnation);
        writer.WriteString(Ensemble, value.Ensemble);
        if (value.Caller is { } caller)
        {
            writer.WriteString(Caller, caller);
        }

        writer.WriteString(Role, Names<SubCallRole>.Of(value.Role));
        writer.WriteStartObject(Key);
        writer.WriteString(Step, Names<SubCallStep>.Of(value.Key.Step));
        writer.WriteNumber(Member, value.Key.Member);
        writer.WriteNumber(Sample, value.Key.Sample);
        writer.WriteEndObject();
        writer.WriteString(Model, value.Model);
        writer.WriteString(Outcome, Names<CallOutcome>.Of(value.Outcome));
        writer.WriteNumber(Attempts, value.Attempts);
        writer.WriteString(StartedAt, value.StartedAt);
        Write(writer, FirstToken, value.FirstToken);
        Write(writer, Total, value.Total);
        Write(writer, PromptTokens, value.PromptTokens);
        Write(writer, CompletionTokens, value.CompletionTokens);
        Write(writer, CachedTokens, value.CachedTokens);
        Write(writer, CacheWriteTokens, value.CacheWriteTokens);
        Write(writer, ReasoningTokens, value.ReasoningTokens);
        writer.WriteString(Source, Names<UsageSource>.Of(value.Source));
        if (value.CostUsd is { } cost)
        {
            writer.WriteNumber(CostUsd, cost);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, TimeSpan? value)
    {
        if (value is { } time)
        {
            Span<byte> text = stackalloc byte[32];
            Utf8Formatter.TryFormat(time, text, out var length);
            writer.WriteString(name, text[..length]);
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static class Names<T>
        where T : struct, Enum
    {
        private static readonly FrozenDictionary<T, JsonEncodedText> Known =
            Enum.GetValues<T>().ToFrozenDictionary(static value => value, static value => JsonEncodedText.Encode(value.ToString()));

        public static JsonEncodedText Of(T value) => Known[value];
    }
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(RunIdConverter), typeof(CallOutcomeConverter)])]
[JsonSerializable(typeof(UsageEvent))]
internal sealed partial class UsageEventContext : JsonSerializerContext;
