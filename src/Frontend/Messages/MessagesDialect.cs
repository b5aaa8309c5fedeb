using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Messages;

/// <summary>Anthropic's Messages API. Fields that it does not know are left out: clients send new ones as they appear.</summary>
internal sealed class MessagesDialect : IDialect
{
    /// <summary>Characters of a user's id: OpenAI takes no more.</summary>
    private const int MaxUser = 64;

    private const int LowBudget = 4_096;
    private const int MediumBudget = 16_384;

    /// <summary>A tool's schema is one level deeper in a chat request.</summary>
    public ChatLimits Limits { get; } = ChatLimits.Default with { MaxDepth = ChatLimits.Default.MaxDepth + 1 };

    public TranslatedRequest Read(ReadOnlyMemory<byte> body, CatalogSnapshot catalog) => Read(body, catalog, isCount: false);

    /// <param name="isCount">Whether only the prompt's tokens are to be counted, which needs no <c>max_tokens</c>.</param>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, CatalogSnapshot)"/>
    public static TranslatedRequest Read(ReadOnlyMemory<byte> body, CatalogSnapshot catalog, bool isCount)
    {
        using var document = ChatRequestParser.ParseObject(body, ChatLimits.Default);
        var request = document.RootElement;
        CheckRefused(request);
        var model = request.RequiredText("model", "model");
        var keepsMarks = SpeaksAnthropic(model.Text()!, catalog);
        var buffer = new ArrayBufferWriter<byte>(body.Length + 1024);
        using (var json = new Utf8JsonWriter(buffer, JsonResponse.WriterOptions))
        {
            json.WriteStartObject();
            json.Copy("model", model);
            json.Copy("max_completion_tokens", MaxTokens(request, isCount));
            json.WriteStartArray("messages"u8);
            var messages = new MessageList(json);
            new MessageReader(messages, keepsMarks).Read(request);
            messages.Complete();
            json.WriteEndArray();
            ToolFields.Write(json, request, keepsMarks);
            WriteSampling(json, request);
            WriteUser(json, request);
            WriteOutput(json, request);
            ChatFields.WriteStream(json, request);
            json.WriteEndObject();
        }

        return new TranslatedRequest(buffer.WrittenMemory, MessagesFormat.Instance);
    }

    private static void CheckRefused(JsonElement request)
    {
        if (request.Field("container").IsSet())
        {
            throw RequestFields.NotOffered("container", "The gateway executes no tools: leave it out.");
        }

        if (request.OptionalArray("mcp_servers", "mcp_servers").Items().Any())
        {
            throw RequestFields.NotOffered("mcp_servers", "The gateway executes no tools: offer theirs as 'tools'.");
        }
    }

    /// <summary>Whether every model that may be asked takes cache marks.</summary>
    private static bool SpeaksAnthropic(string alias, CatalogSnapshot catalog)
    {
        IReadOnlyList<string> models = catalog.Ensembles.TryGetValue(alias, out var ensemble) ? ensemble.Models : [alias];
        return models.All(name => catalog.Models.TryGetValue(name, out var model) && model.Provider == ProviderKind.Anthropic);
    }

    private static JsonElement MaxTokens(JsonElement request, bool isCount)
    {
        var limit = ChatFields.TokenLimit(request, "max_tokens");
        return limit.IsSet() || isCount
            ? limit
            : throw new ChatRequestException("'max_tokens' is missing: the Messages API requires it.", "max_tokens");
    }

    private static void WriteSampling(Utf8JsonWriter json, JsonElement request)
    {
        json.Copy("temperature", request.Field("temperature"));
        json.Copy("top_p", request.Field("top_p"));
        json.Copy("top_k", request.Field("top_k"));
        var stops = request.OptionalArray("stop_sequences", "stop_sequences");
        if (stops.Items().Any(stop => stop.ValueKind != JsonValueKind.String))
        {
            throw RequestFields.Wrong("stop_sequences", "an array of strings");
        }

        if (stops.Items().Any())
        {
            json.Copy("stop", stops);
        }
    }

    private static void WriteUser(Utf8JsonWriter json, JsonElement request)
    {
        if (request.OptionalObject("metadata", "metadata").OptionalText("user_id", "metadata.user_id") is { Length: > 0 } user)
        {
            // Claude Code's are longer: a digest distinguishes users as well.
            json.WriteString(
                "user"u8, user.Length <= MaxUser ? user : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user))));
        }
    }

    private static void WriteOutput(Utf8JsonWriter json, JsonElement request)
    {
        var output = request.OptionalObject("output_config", "output_config");
        if (output.Field("effort") is { ValueKind: JsonValueKind.String } effort)
        {
            json.Copy("reasoning_effort", effort);
        }
        else if (Effort(request.OptionalObject("thinking", "thinking")) is { } budgeted)
        {
            json.WriteString("reasoning_effort"u8, budgeted);
        }

        var format = output.OptionalObject("format", "output_config.format");
        var (given, path) = format.IsSet()
            ? (format, "output_config.format") : (request.OptionalObject("output_format", "output_format"), "output_format");
        if (given.IsSet())
        {
            WriteFormat(json, given, path);
        }
    }

    private static void WriteFormat(Utf8JsonWriter json, JsonElement format, string path)
    {
        if (!format.Field("type").TextIs("json_schema"))
        {
            throw RequestFields.Wrong($"{path}.type", "json_schema");
        }

        ChatFields.WriteJsonSchema(json, format, path, "answer");
    }

    /// <returns>Null if no effort is asked for, or the model is to choose.</returns>
    private static string? Effort(JsonElement thinking)
    {
        if (!thinking.Field("type").TextIs("enabled"))
        {
            return null;
        }

        return thinking.Field("budget_tokens").Whole() switch
        {
            null or < 1 => throw RequestFields.Wrong("thinking.budget_tokens", "a whole number above 0"),
            < LowBudget => "low",
            < MediumBudget => "medium",
            _ => "high",
        };
    }
}
