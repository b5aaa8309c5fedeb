using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ensemble.Catalog;

namespace Ensemble.Providers.Calls;

/// <summary>
/// Keeps what a provider says beside its answer and its counts, for a caller that talks to the model directly; but no name of the
/// model, of its provider or of a host, and no id: what is called so, and text that names the model or its host, is left out.
/// </summary>
internal sealed class ProviderFields(ModelConfig model)
{
    private static readonly JsonWriterOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Fields that the gateway writes itself.</summary>
    private static readonly byte[][] ChunkFields = Utf8("object", "created", "choices", "usage", "error", "ensemble");

    private static readonly byte[][] UsageCountFields = Utf8("prompt_tokens", "completion_tokens", "total_tokens", "ensemble_estimated");

    private static readonly byte[][] UsageDetailFields =
        Utf8(
            "cached_tokens", "cache_write_tokens", "audio_tokens", "reasoning_tokens", "accepted_prediction_tokens",
            "rejected_prediction_tokens");

    /// <summary>Parts of a field's name that make it one of those that are left out.</summary>
    private static readonly string[] Hidden =
    [
        "id", "ids", "uuid", "model", "models", "provider", "providers", "vendor", "host", "hostname", "server", "engine", "deployment",
        "backend",
        "upstream", "organization", "account", "tenant", "session", "user", "worker", "node", "trace", "ip",
    ];

    private readonly string[] _names = [.. new[] { model.Model, model.BaseUrl?.Host }.OfType<string>().Where(name => name.Length > 0)];
    private ArrayBufferWriter<byte>? _buffer;
    private Utf8JsonWriter? _writer;
    private bool _hasFields;

    /// <summary>Takes a field of the answer's object, where it may be shown.</summary>
    /// <param name="reader">Stands at its name; afterwards at its value's end.</param>
    public void Add(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (IsOneOf(reader, ChunkFields) || IsHidden(reader))
        {
            reader.Skip();
            return;
        }

        if (!_hasFields)
        {
            Begin();
        }

        WriteMember(ref reader, json, _writer!);
    }

    /// <param name="reader">Stands at the name of a field.</param>
    /// <returns>Whether the field's name, or its value where that is no object and no array, must not be shown.</returns>
    public bool Hides(Utf8JsonReader reader) => IsHidden(reader) || (reader.Read() && HidesValue(reader));

    /// <returns>Whether a value that is no object and no array must not be shown. A number beyond every type is an infinity to some
    /// clients, and no JSON to others.</returns>
    public bool HidesValue(in Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number ? reader.Number() is null : Names(reader);

    /// <returns>What was taken since the last time, as a JSON object; null where nothing was.</returns>
    public byte[]? Take() => _hasFields ? End() : null;

    /// <param name="usage">The provider's <c>usage</c>.</param>
    /// <returns>What it says beside the counts that OpenAI has, as a JSON object; null where it says nothing else.</returns>
    public byte[]? Usage(ReadOnlySpan<byte> usage)
    {
        var fields = new ProviderFields(model);
        var reader = new Utf8JsonReader(usage);
        reader.Read();
        while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsOneOf(reader, UsageCountFields))
            {
                reader.Skip();
            }
            else if (reader.TextIs("prompt_tokens_details"u8) || reader.TextIs("completion_tokens_details"u8))
            {
                fields.AddDetails(ref reader, usage);
            }
            else
            {
                fields.Add(ref reader, usage);
            }
        }

        return fields.Take();
    }

    private void AddDetails(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var isPrompt = reader.TextIs("prompt_tokens_details"u8);
        var isOpen = false;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsOneOf(reader, UsageDetailFields) || IsHidden(reader))
            {
                reader.Skip();
                continue;
            }

            if (!_hasFields)
            {
                Begin();
            }

            if (!isOpen)
            {
                _writer!.WriteStartObject(isPrompt ? "prompt_tokens_details"u8 : "completion_tokens_details"u8);
                isOpen = true;
            }

            WriteMember(ref reader, json, _writer!);
        }

        if (isOpen)
        {
            _writer!.WriteEndObject();
        }
    }

    private void Begin()
    {
        _buffer ??= new ArrayBufferWriter<byte>(128);
        _buffer.ResetWrittenCount();
        _writer ??= new Utf8JsonWriter(_buffer, Relaxed);
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        _hasFields = true;
    }

    private byte[]? End()
    {
        _writer!.WriteEndObject();
        _writer.Flush();
        _hasFields = false;
        return _buffer!.WrittenCount > 2 ? _buffer.WrittenSpan.ToArray() : null;
    }

    private void WriteMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        var name = reader;
        reader.Read();
        if (!HidesValue(reader))
        {
            JsonCopy.Token(ref name, json, writer);
            WriteValue(ref reader, json, writer);
        }
    }

    private void WriteValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        JsonCopy.Token(ref reader, json, writer);
        if (!isObject && reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (isObject && IsHidden(reader))
            {
                reader.Skip();
            }
            else if (isObject)
            {
                WriteMember(ref reader, json, writer);
            }
            else if (!HidesValue(reader))
            {
                WriteValue(ref reader, json, writer);
            }
        }

        JsonCopy.Token(ref reader, json, writer);
    }

    /// <summary>Whether a value is text that names the model or its host.</summary>
    private bool Names(in Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var copy = reader;
        var text = copy.ReadText()!;
        foreach (var name in _names)
        {
            for (var at = 0; (at = text.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            {
                if (!IsWord(text, at - 1) && !IsWord(text, at + name.Length))
                {
                    return true;
                }
            }
        }

        return false;
    }

    internal static byte[][] Utf8(params ReadOnlySpan<string> names)
    {
        var bytes = new byte[names.Length][];
        for (var index = 0; index < names.Length; index++)
        {
            bytes[index] = System.Text.Encoding.UTF8.GetBytes(names[index]);
        }

        return bytes;
    }

    private static bool IsWord(string text, int at) => at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');

    internal static bool IsOneOf(in Utf8JsonReader reader, byte[][] names)
    {
        foreach (var name in names)
        {
            if (reader.TextIs(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsHidden(in Utf8JsonReader reader)
    {
        // The name says only that OpenAI does not have the field; its members are checked one by one.
        if (reader.TextIs("provider_specific_fields"u8))
        {
            return false;
        }

        var name = reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetBytes(reader.Text()!) : reader.ValueSpan;
        var start = 0;
        for (var at = 0; at <= name.Length; at++)
        {
            var isLetter = at < name.Length && char.IsAsciiLetter((char)name[at]);
            var beginsPart = isLetter && at > start && char.IsAsciiLetterUpper((char)name[at])
                && char.IsAsciiLetterLower((char)name[at - 1]);
            if (isLetter && !beginsPart)
            {
                continue;
            }

            foreach (var part in Hidden)
            {
                if (System.Text.Ascii.EqualsIgnoreCase(name[start..at], part))
                {
                    return true;
                }
            }

            start = beginsPart ? at : at + 1;
        }

        return false;
    }
}
