using System.Text.Json;
using System.Text.Unicode;

namespace Ensemble.Chat;

/// <summary>
/// Indexes a request in one pass and refuses what no provider would take. The rules follow OpenAI's chat-completions
/// reference; what it does not name is kept and passed on.
/// </summary>
public static partial class ChatRequestParser
{
    /// <exception cref="ChatRequestException">The body is not a request, or is over <paramref name="limits"/>.</exception>
    public static ChatRequest Parse(ReadOnlyMemory<byte> body, ChatLimits limits)
    {
        return Guarded(body, limits, static (body, limits) => new Pass(body, limits).Read());
    }

    /// <summary>Parses the body of a request with fields of its own, with the errors of <see cref="Parse"/>.</summary>
    /// <exception cref="ChatRequestException">The body is not one JSON object, or nested too deep.</exception>
    public static JsonDocument ParseObject(ReadOnlyMemory<byte> body, ChatLimits limits)
    {
        var document = Guarded(
            body, limits, static (body, limits) => JsonSanitizer.Parse(body, new JsonDocumentOptions { MaxDepth = limits.MaxDepth }));
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document.Dispose();
        throw new ChatRequestException("The body must be a JSON object.", null);
    }

    private static T Guarded<T>(ReadOnlyMemory<byte> body, ChatLimits limits, Func<ReadOnlyMemory<byte>, ChatLimits, T> parse)
    {
        if (!Utf8.IsValid(body.Span))
        {
            throw new ChatRequestException("The body is not valid UTF-8. Send JSON encoded as UTF-8, without compression.", null);
        }

        try
        {
            return parse(body, limits);
        }
        catch (JsonException exception) when (exception.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            throw new ChatRequestException($"The body is nested deeper than {limits.MaxDepth} levels.", null);
        }
        catch (JsonException exception)
        {
            throw new ChatRequestException(
                $"The body is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.", null);
        }
    }

    /// <summary>One reading of one body; a ref struct because the reader is one.</summary>
    private ref partial struct Pass(ReadOnlyMemory<byte> body, ChatLimits limits)
    {
        private Utf8JsonReader _reader = new(body.Span, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        private readonly List<ChatField> _fields = new(12);
        private readonly List<ContentPart> _parts = [];
        private List<SentToolCall>? _toolCalls;
        private List<ByteRange>? _silent;
        private ChatMessage[]? _messages;
        private string? _model;
        private bool _stream;
        private bool _hasStreamOptions;
        private bool _includeUsage;
        private int _n = 1;
        private long? _maxTokens;
        private long? _maxCompletionTokens;

        private readonly int Position => checked((int)_reader.TokenStartIndex);

        private readonly int Consumed => checked((int)_reader.BytesConsumed);

        public ChatRequest Read()
        {
            _reader.Read();
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ChatRequestException("The body must be a JSON object.", null);
            }

            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                ReadField();
            }

            if (_reader.Read())
            {
                throw new ChatRequestException("The body holds more than one JSON value.", null);
            }

            if (_model is null)
            {
                throw new ChatRequestException("'model' is missing: name an ensemble or a model of GET /v1/models.", "model");
            }

            if (_messages is null)
            {
                throw new ChatRequestException("'messages' is missing.", "messages");
            }

            if (_hasStreamOptions && !_stream)
            {
                throw new ChatRequestException("'stream_options' is only allowed when 'stream' is true.", "stream_options");
            }

            var facts = new ChatRequestFacts(_model, _stream, _includeUsage, _n, _maxCompletionTokens ?? _maxTokens);
            if (_silent is not null)
            {
                return new Pass(AssistantMessage.Complete(body, _silent), limits).Read();
            }

            return new ChatRequest(body, [.. _fields], _messages, [.. _parts], facts, _toolCalls);
        }

        private void ReadField()
        {
            var nameStart = Position;
            var name = KnownFields.Intern(ref _reader);
            foreach (var field in _fields)
            {
                if (field.Name == name)
                {
                    throw new ChatRequestException($"'{name}' is given twice.", name);
                }
            }

            if (_fields.Count == limits.MaxFields)
            {
                throw new ChatRequestException($"The body has more than {limits.MaxFields} fields.", null);
            }

            _reader.Read();
            var start = Position;
            var kind = _reader.TokenType;
            ReadValue(name);
            _fields.Add(new ChatField(name, new ByteRange(nameStart, Consumed), new ByteRange(start, Consumed), kind));
        }

        private void ReadValue(string name)
        {
            switch (name)
            {
                case "model":
                    _model = RequiredString(name);
                    break;
                case "messages":
                    ReadMessages();
                    break;
                case "stream":
                    _stream = Flag(name);
                    break;
                case "stream_options":
                    ReadStreamOptions();
                    break;
                case "n":
                    _n = (int)(Integer(name, 1, 128) ?? 1);
                    break;
                case "max_tokens":
                    _maxTokens = Integer(name, 1, int.MaxValue);
                    break;
                case "max_completion_tokens":
                    _maxCompletionTokens = Integer(name, 1, int.MaxValue);
                    break;
                case "temperature":
                    Number(name, 0, 2);
                    break;
                case "top_p":
                    Number(name, 0, 1);
                    break;
                case "presence_penalty" or "frequency_penalty":
                    Number(name, -2, 2);
                    break;
                case "seed":
                    Integer(name, long.MinValue, long.MaxValue);
                    break;
                case "logprobs":
                    Flag(name);
                    break;
                case "tools":
                    Expect(name, JsonTokenType.StartArray, "an array");
                    break;
                case "response_format":
                    Expect(name, JsonTokenType.StartObject, "an object");
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        private void ReadStreamOptions()
        {
            if (_reader.TokenType == JsonTokenType.Null)
            {
                return;
            }

            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                throw Wrong("stream_options", "an object");
            }

            _hasStreamOptions = true;
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                var isUsage = _reader.TextIs("include_usage"u8);
                _reader.Read();
                if (isUsage)
                {
                    _includeUsage = Flag("stream_options.include_usage");
                }
                else
                {
                    _reader.Skip();
                }
            }
        }

        private readonly string RequiredString(string path) =>
            _reader.TokenType == JsonTokenType.String && _reader.Text() is { Length: > 0 } text
                ? text
                : throw Wrong(path, "a non-empty string");

        private readonly bool Flag(string path) => _reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            _ => throw Wrong(path, "true or false"),
        };

        private readonly long? Integer(string path, long least, long most) => _reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.Number when _reader.Whole() is { } value && value >= least && value <= most => value,
            _ => throw Wrong(path, least == 1 ? $"a whole number from 1 to {most}" : "a whole number"),
        };

        private readonly void Number(string path, double least, double most)
        {
            if (_reader.TokenType != JsonTokenType.Null && !(_reader.Number() is { } value && value >= least && value <= most))
            {
                throw Wrong(path, $"a number from {least} to {most}");
            }
        }

        private void Expect(string path, JsonTokenType kind, string what)
        {
            if (_reader.TokenType != JsonTokenType.Null && _reader.TokenType != kind)
            {
                throw Wrong(path, what);
            }

            _reader.Skip();
        }

        private static ChatRequestException Wrong(string path, string what) => new($"'{path}' must be {what}.", path);
    }

    /// <summary>Names that nearly every request has, so that indexing one allocates no string for them.</summary>
    private static class KnownFields
    {
        private static readonly (byte[] Utf8, string Name)[] All =
        [
            .. new[]
            {
                "model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens", "temperature", "top_p",
                "seed", "stop", "response_format", "tools", "tool_choice", "logprobs", "user", "presence_penalty", "frequency_penalty",
                "reasoning_effort", "metadata", "store", "parallel_tool_calls", "service_tier", "logit_bias",
            }.Select(name => (System.Text.Encoding.UTF8.GetBytes(name), name)),
        ];

        public static string Intern(ref Utf8JsonReader reader)
        {
            foreach (var (utf8, name) in All)
            {
                if (reader.TextIs(utf8))
                {
                    return name;
                }
            }

            return reader.ValueIsEscaped && !JsonSanitizer.IsWellFormed(reader.ValueSpan)
                ? throw new ChatRequestException("The name of a field in the body holds half of a surrogate pair.", null)
                : reader.Text()!;
        }
    }
}
