using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.OpenAi;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Anthropic;

/// <summary>Turns a chat request, as OpenAI names its fields, into one of the Messages API.</summary>
internal sealed class RequestTranslation
{
    private const int DefaultMaxTokens = 4096;
    private const string Effort = "reasoning_effort";

    // Fields of the Messages API that OpenAI does not have, so that a caller who sends one can mean nothing else.
    private static readonly string[] AnthropicParameters = ["thinking", "top_k", "cache_control"];

    private readonly UpstreamRequest _request;
    private readonly RequestEdits _edits;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _sent = [];
    private readonly BodyWriter _body = new();
    private readonly List<string> _dropped = [];
    private long? _thinking;

    private RequestTranslation(UpstreamRequest request, RequestEdits edits)
    {
        _request = request;
        _edits = edits;
        foreach (var name in request.Chat.Fields.Select(field => field.Name).Concat(edits.Fields.Keys))
        {
            if (ProviderAdaptation.TryGetSent(request.Chat, edits, name, out var value))
            {
                _sent[name] = value;
            }
        }
    }

    private ParamsConfig Params => _request.Model.Params;

    /// <param name="edits">All that differs from the caller's request, the model's <c>params</c> too.</param>
    /// <param name="dropped">What has no counterpart, or was sent with another value than asked for; by OpenAI's names.</param>
    /// <exception cref="ChatRequestException">Something without a counterpart that may not be left out.</exception>
    public static RequestBody Translate(UpstreamRequest request, RequestEdits edits, out IReadOnlyList<string> dropped)
    {
        var translation = new RequestTranslation(request, edits);
        translation.Write();
        dropped = translation._dropped;
        return translation._body.Complete();
    }

    private void Write()
    {
        _sent.Remove("model", out var model);
        _sent.Remove("stream");
        _sent.Remove("stream_options");
        _body.Write("""{"model":"""u8).Write(model);
        _thinking = TakeThinking();
        WriteMaxTokens();
        WriteMessages();
        WriteTools();
        WriteThinking();
        WriteSampling();
        WriteStop();
        WriteUser();
        WriteOutputConfig();
        Field("stream", _request.Sink is not null || Params.AlwaysStreams ? "true" : "false");
        WriteRest();
        _body.Write("}"u8);
    }

    // Required here, so that there is one where the caller set none.
    private void WriteMaxTokens()
    {
        var hasNewer = Take("max_completion_tokens", out var newer);
        var hasOlder = Take("max_tokens", out var older);
        var otherwise = _request.Model.MaxOutputTokens ?? (DefaultMaxTokens + (_thinking ?? 0));
        Field("max_tokens", hasNewer ? newer : hasOlder ? older
            : Encoding.ASCII.GetBytes(otherwise.ToString(CultureInfo.InvariantCulture)));
    }

    /// <returns>Tokens for the model's thoughts, where that is how it is told to think and it can here; null = nothing is said.</returns>
    private long? TakeThinking()
    {
        var control = AnthropicModelName.Thinking(_request.Model.Model);
        if (control == ThinkingControl.Effort || !Take(Effort, out var asked))
        {
            return null;
        }

        var budget = ThinkingBudget.Of(asked.Span);
        if (budget == 0)
        {
            return null;
        }

        var isPossible = control == ThinkingControl.Budget && !_sent.ContainsKey("thinking") && !ForcesCall()
            && !ThinkingBudget.IsAmidCalls(_request.Chat, _edits);
        var tokens = isPossible && budget is { } wanted ? ThinkingBudget.Within(wanted, MaxTokens()) : null;
        if (tokens is null)
        {
            _dropped.Add(Effort);
        }

        return tokens;
    }

    private bool ForcesCall() => _sent.TryGetValue("tool_choice", out var choice) && ToolsTranslation.ForcesCall(choice);

    /// <summary>Of the caller or the catalog; null = there is no limit.</summary>
    private long? MaxTokens() => Number("max_completion_tokens") ?? Number("max_tokens") ?? _request.Model.MaxOutputTokens;

    private long? Number(string name) =>
        _sent.TryGetValue(name, out var value) && Utf8Parser.TryParse(value.Span, out long number, out _) ? number : null;

    private void WriteThinking()
    {
        if (_thinking is { } tokens)
        {
            Field("thinking", string.Create(CultureInfo.InvariantCulture, $$"""{"type":"enabled","budget_tokens":{{tokens}}}"""));
        }
    }

    private void WriteMessages()
    {
        _sent.Remove("messages");
        var asksForObject = _sent.TryGetValue("response_format", out var format) && OutputConfig.AsksForObject(format);
        var marksCache = _request.Model.MarksCache && MessagesWriter.MayMarkCache(_edits, _sent);
        var messages = MessageTranslation.Gather(
            _request.Chat, _edits, marksCache, asksForObject ? OutputConfig.ObjectInstruction : default);
        if (messages.HasSystem && !Params.Set.ContainsKey("system"))
        {
            _body.Write(""","system":"""u8);
            messages.WriteSystem(_body);
        }

        _body.Write(""","messages":"""u8);
        messages.WriteMessages(_body);
    }

    private void WriteTools()
    {
        var hasChoice = Take("tool_choice", out var choice);
        var oneAtATime = Take("parallel_tool_calls", out var parallel) && parallel.Span.SequenceEqual("false"u8);
        if (!Take("tools", out var tools))
        {
            return;
        }

        _body.Write(""","tools":"""u8);
        ToolsTranslation.WriteTools(_body, tools);
        if (ToolsTranslation.Choice(hasChoice ? choice : default, oneAtATime, out var isTaken) is { } chosen)
        {
            Field("tool_choice", chosen);
        }

        if (!isTaken)
        {
            _dropped.Add("tool_choice");
        }
    }

    private void WriteSampling()
    {
        if (_thinking is not null)
        {
            DropSampling();
        }

        var hasTemperature = Take("temperature", out var temperature);
        if (hasTemperature)
        {
            // OpenAI's scale goes to 2.
            var isTooHigh = double.TryParse(temperature.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number > 1;
            Field("temperature", isTooHigh ? "1"u8.ToArray() : temperature);
            if (isTooHigh)
            {
                _dropped.Add("temperature");
            }
        }

        if (!Take("top_p", out var topP))
        {
            return;
        }

        if (hasTemperature && AnthropicModelName.AllowsOneSamplingParameter(_request.Model.Model))
        {
            _dropped.Add("top_p");
        }
        else
        {
            Field("top_p", topP);
        }
    }

    // A model that thinks takes no other temperature than its own, and none of what narrows its choice.
    private void DropSampling()
    {
        foreach (var name in (string[])["temperature", "top_p", "top_k"])
        {
            if (Take(name, out var value) && !value.Span.SequenceEqual("1"u8))
            {
                _dropped.Add(name);
            }
        }
    }

    private void WriteStop()
    {
        if (!Take("stop", out var stop))
        {
            return;
        }

        using var document = JsonSanitizer.Parse(stop);
        var all = document.RootElement.ValueKind == JsonValueKind.Array
            ? document.RootElement.EnumerateArray().ToArray()
            : [document.RootElement];

        // Sequences of nothing but white space are refused.
        var taken = all.Where(text => text.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(text.Text())).ToArray();
        if (taken.Length < all.Length)
        {
            _dropped.Add("stop");
        }

        if (taken.Length > 0 && !Params.Set.ContainsKey("stop_sequences"))
        {
            Field("stop_sequences", $"[{string.Join(',', taken.Select(text => text.RawText()))}]");
        }
    }

    private void WriteUser()
    {
        var isIdentified = Take("safety_identifier", out var safety);
        if ((Take("user", out var user) || isIdentified) && !Params.Set.ContainsKey("metadata"))
        {
            _body.Write(""","metadata":{"user_id":"""u8).Write(isIdentified ? safety : user).Write("}"u8);
        }
    }

    private void WriteOutputConfig()
    {
        var config = _sent.Remove("output_config", out var set) && Params.Set.ContainsKey("output_config")
            ? JsonSanitizer.ParseNode(set) as JsonObject ?? [] : [];
        if (Take("response_format", out var responseFormat) && OutputConfig.Format(responseFormat) is { } format)
        {
            config["format"] = format;
        }

        if (Take(Effort, out var asked) && !config.ContainsKey("effort"))
        {
            if (OutputConfig.Effort(asked.Span) is { } effort)
            {
                config["effort"] = effort;
            }
            else
            {
                _dropped.Add(Effort);
            }
        }

        if (config.Count > 0)
        {
            Field("output_config", config.ToJsonString());
        }
    }

    private void WriteRest()
    {
        foreach (var (name, value) in _sent)
        {
            // Fields that the operator set are the Messages API's own: OpenAI's have been translated by now.
            if (Params.Set.ContainsKey(name) || Params.Rename.Values.Contains(name) || AnthropicParameters.Contains(name))
            {
                Field(name, value);
            }
            else if (!IsDefault(name, value.Span))
            {
                _dropped.Add(name);
            }
        }
    }

    /// <returns>False where the field is not sent, or null.</returns>
    private bool Take(string name, out ReadOnlyMemory<byte> value) => _sent.Remove(name, out value) && !value.Span.SequenceEqual("null"u8);

    private void Field(string name, string json) => Field(name, Encoding.UTF8.GetBytes(json));

    private void Field(string name, ReadOnlyMemory<byte> json) => _body.Write(","u8).WriteText(name).Write(":"u8).Write(json);

    // What comes here are OpenAI's fields: also the one answer that Anthropic gives, and an object such as logit_bias that lists nothing.
    private static bool IsDefault(string name, ReadOnlySpan<byte> value) =>
        NeutralValue.IsDefault(value) || NeutralValue.IsEmptyObject(value) || (name == "n" && value.SequenceEqual("1"u8));
}
