using System.Runtime.InteropServices;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Providers.OpenAi;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Providers.Simulated;

/// <summary>The request as a provider would see it, checked as a strict one would check it.</summary>
internal sealed class SimulatedRequest
{
    private const int MaxStops = 4;

    private static readonly string[] ShapesTheAnswer = ["temperature", "seed"];

    private SimulatedRequest(ChatRequest chat) => Chat = chat;

    public ChatRequest Chat { get; }

    /// <summary>What is asked, by <see cref="SimulatedMessages"/>.</summary>
    public required string Question { get; init; }

    public required IReadOnlyList<string> Stops { get; init; }

    public required SimulatedFormat Format { get; init; }

    /// <summary>The tool that must be called; null = the answer is text.</summary>
    public required SimulatedTool? Tool { get; init; }

    public required bool LogProbabilities { get; init; }

    public required long PromptTokens { get; init; }

    /// <summary>The caller's fields that the model's configuration leaves out.</summary>
    public required IReadOnlyList<string> Dropped { get; init; }

    /// <exception cref="ChatRequestException">A provider would answer 400.</exception>
    public static SimulatedRequest Read(UpstreamRequest upstream)
    {
        var model = upstream.Model;
        var body = RequestRewriter.Rewrite(upstream.Chat, EditsOf(upstream, out var dropped)).ToArray();
        var chat = ChatRequestParser.Parse(body, ChatLimits.Rewritten);
        CheckParts(chat);
        if (chat.N > 1 && !upstream.KeepChoices)
        {
            throw new ChatRequestException("This model gives one choice a call: 'n' must be 1.", "n");
        }

        if (chat.MaxTokens > model.MaxOutputTokens)
        {
            throw new ChatRequestException(
                $"The length limit is too large: this model writes at most {model.MaxOutputTokens} tokens.",
                chat.TryGetField("max_completion_tokens", out _) ? "max_completion_tokens" : "max_tokens");
        }

        if (chat.TryGetField("modalities", out var modalities) && chat.Slice(modalities.Value).IndexOf("\"audio\""u8) >= 0)
        {
            throw new ChatRequestException("This model has no audio output.", "modalities");
        }

        if (chat.IsSet("functions"))
        {
            throw new ChatRequestException("'functions' is not supported: use 'tools'.", "functions");
        }

        var promptTokens = TokenEstimate.OfRequest(chat);
        if (promptTokens > model.ContextTokens)
        {
            throw new ChatRequestException(
                $"The messages come to {promptTokens} tokens; this model's context holds {model.ContextTokens}.", "messages",
                "context_length_exceeded");
        }

        return new SimulatedRequest(chat)
        {
            Question = SimulatedMessages.Question(chat),
            Stops = ReadStops(chat),
            Format = SimulatedFormat.Read(chat),
            Tool = SimulatedTool.Read(chat),
            LogProbabilities = chat.IsSet("logprobs"),
            PromptTokens = promptTokens,
            Dropped = dropped,
        };
    }

    /// <summary>The draw for this question: what is asked counts, not how the JSON is laid out.</summary>
    public SimulatedDraw MixedInto(SimulatedDraw draw)
    {
        draw = WithMessages(draw);
        foreach (var name in ShapesTheAnswer)
        {
            draw = Chat.TryGetField(name, out var field) && field.Kind != JsonTokenType.Null
                ? draw.With(Chat.Slice(field.Value))
                : draw.With(0);
        }

        return draw;
    }

    /// <summary>A draw that all models share for this conversation, whatever temperature and seed each is asked with.</summary>
    public SimulatedDraw Common() => WithMessages(SimulatedDraw.OfText(""));

    private SimulatedDraw WithMessages(SimulatedDraw draw)
    {
        foreach (var message in Chat.Messages)
        {
            draw = draw.With((ulong)message.Role).With(MemoryMarshal.AsBytes(ChatText.Of(Chat, message).AsSpan()));
        }

        return draw;
    }

    /// <summary>How the answer is delivered must not change it, so a stream's fields are left out here.</summary>
    private static RequestEdits EditsOf(UpstreamRequest upstream, out List<string> dropped)
    {
        var edits = new RequestEdits(upstream.Edits).Set("model", upstream.Model.Model).Drop("stream").Drop("stream_options");
        var parameters = upstream.Model.Params;
        dropped = [];
        foreach (var name in parameters.Drop)
        {
            if (edits.Fields.ContainsKey(name) || (upstream.Chat.TryGetField(name, out _) && !edits.Drops(name)))
            {
                dropped.Add(name);
            }

            edits.Drop(name);
        }

        foreach (var (from, to) in parameters.Rename)
        {
            edits.Rename(from, to);
        }

        foreach (var (name, json) in parameters.Set)
        {
            edits.Set(name, json);
        }

        edits.DeveloperRole ??= parameters.DeveloperRole;
        ProviderAdaptation.TellTools(upstream.Chat, edits);
        return edits;
    }

    private static void CheckParts(ChatRequest chat)
    {
        foreach (var part in chat.Parts)
        {
            if (!SimulatedUpstream.SupportsPart(part.Kind))
            {
                throw new ChatRequestException(
                    "This model takes text and images only.", $"messages[{part.Message}].content[{part.Index}]", "unsupported_content");
            }
        }
    }

    private static List<string> ReadStops(ChatRequest chat)
    {
        var stops = new List<string>();
        if (!chat.TryGetField("stop", out var field) || field.Kind == JsonTokenType.Null)
        {
            return stops;
        }

        var value = SimulatedJson.Element(chat, field);
        IEnumerable<JsonElement> items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        foreach (var item in items)
        {
            if (item.ValueKind != JsonValueKind.String || stops.Count == MaxStops)
            {
                throw new ChatRequestException($"'stop' must be a string or an array of at most {MaxStops} strings.", "stop");
            }

            if (item.Text() is { Length: > 0 } stop)
            {
                stops.Add(stop);
            }
        }

        return stops;
    }
}
