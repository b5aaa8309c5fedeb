using System.Globalization;
using System.Text;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Providers.OpenAi;

/// <summary>
/// Makes a request fit its provider: the preset first, then the operator's own <c>params</c>, then what the provider has
/// refused before, and last what the call itself needs.
/// </summary>
internal sealed class ProviderAdaptation
{
    private static readonly ReadOnlyMemory<byte> True = "true"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> False = "false"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> UsageOption = "{\"include_usage\":true}"u8.ToArray();

    private readonly ChatRequest _chat;
    private readonly RequestEdits _edits;
    private readonly List<string> _dropped = [];

    private ProviderAdaptation(UpstreamRequest request)
    {
        _chat = request.Chat;
        _edits = new RequestEdits(request.Edits) { ToolCallModel = request.Model.DisplayName };
    }

    public static RequestEdits Apply(
        UpstreamRequest request, ModelProfile profile, IReadOnlyList<LearnedParameter> learned, out IReadOnlyList<string> dropped)
    {
        var adaptation = new ProviderAdaptation(request);
        adaptation.ApplyPreset(profile);
        adaptation.ApplyParams(profile);
        adaptation.ApplyLearned(learned);
        adaptation.LeaveOutNeutralTools();
        TellTools(request.Chat, adaptation._edits);
        adaptation.ApplyCall(request, profile, learned);
        dropped = adaptation._dropped;
        return adaptation._edits;
    }

    /// <summary>The value under which a field goes out, whether the caller or the catalog set it.</summary>
    public static bool TryGetSent(ChatRequest chat, RequestEdits edits, string name, out ReadOnlyMemory<byte> value)
    {
        if (edits.Fields.TryGetValue(name, out value))
        {
            return true;
        }

        if (edits.Drops(name) || !chat.TryGetField(name, out var field))
        {
            return false;
        }

        value = chat.SliceMemory(field.Value);
        return true;
    }

    /// <summary>Says the tools in text where they are left out, and the request may do with that.</summary>
    public static void TellTools(ChatRequest chat, RequestEdits edits)
    {
        if (edits.MessagesWithoutTools is { } messages && !TryGetSent(chat, edits, "tools", out _))
        {
            edits.Drop("tool_choice").Drop("parallel_tool_calls").ReplaceMessages(messages());
        }
    }

    private void ApplyPreset(ModelProfile profile)
    {
        var preset = profile.Preset;
        foreach (var name in preset.Drop)
        {
            Drop(name);
        }

        if (preset.OnlyDefaultTemperature && TryGetSent(_chat, _edits, "temperature", out var temperature) && !IsOne(temperature.Span))
        {
            Drop("temperature");
        }

        if (preset.RenamesMaxTokens)
        {
            Rename("max_tokens", "max_completion_tokens");
        }

        _edits.DeveloperRole = profile.Params.DeveloperRole ?? _edits.DeveloperRole ?? preset.DeveloperRole;
    }

    private void ApplyParams(ModelProfile profile)
    {
        foreach (var name in profile.Params.Drop)
        {
            Drop(name);
        }

        foreach (var (from, to) in profile.Params.Rename)
        {
            Rename(from, to);
        }

        foreach (var (name, value) in profile.Params.Set)
        {
            _edits.Set(name, value);
            _dropped.Remove(name);
        }
    }

    private void ApplyLearned(IReadOnlyList<LearnedParameter> learned)
    {
        foreach (var parameter in learned)
        {
            if (!TryGetSent(_chat, _edits, parameter.Name, out var value) || !parameter.Refuses(value.Span)
                || (parameter.Name == ParameterRefusal.Tools && _edits.MessagesWithoutTools is null))
            {
                continue;
            }

            if (parameter.SendAs is { } name)
            {
                Rename(parameter.Name, name);
            }
            else if (parameter.Beside is not { } other
                || (TryGetSent(_chat, _edits, other, out var beside) && parameter.RefusesBeside(beside.Span)))
            {
                Drop(parameter.Name);
            }
        }
    }

    // Providers refuse an empty array of tools, and what belongs to tools without any.
    private void LeaveOutNeutralTools()
    {
        if (!LeaveOutNeutral("tools"))
        {
            return;
        }

        LeaveOutNeutral("tool_choice");
        _edits.Drop("parallel_tool_calls");
        if (LeaveOutNeutral("functions"))
        {
            LeaveOutNeutral("function_call");
        }
    }

    private void ApplyCall(UpstreamRequest request, ModelProfile profile, IReadOnlyList<LearnedParameter> learned)
    {
        _edits.Set("model", profile.ModelJson);
        if (request.Sink is null && !profile.Params.AlwaysStreams)
        {
            // Said outright: some servers stream where nothing is said.
            _edits.Set("stream", False).Drop("stream_options");
            return;
        }

        _edits.Set("stream", True);
        if (profile.Params.Drop.Contains("stream_options") || learned.Any(parameter => parameter.Name == "stream_options"))
        {
            _edits.Drop("stream_options");
        }
        else
        {
            _edits.Set("stream_options", UsageOption);
        }
    }

    /// <returns>Whether nothing is asked for under this name.</returns>
    private bool LeaveOutNeutral(string name)
    {
        if (TryGetSent(_chat, _edits, name, out var value)
            && !NeutralValue.IsNullOrEmpty(value.Span) && !NeutralValue.IsDefaultWord(value.Span))
        {
            return false;
        }

        _edits.Drop(name);
        return true;
    }

    private void Drop(string name)
    {
        if (!TryGetSent(_chat, _edits, name, out var value))
        {
            return;
        }

        _edits.Drop(name);

        // Any field may be named here, and its default is not known: a 0 or "none" that is lost is reported.
        if (!NeutralValue.IsNullOrEmpty(value.Span) && name is not ("stream" or "stream_options") && !_dropped.Contains(name))
        {
            _dropped.Add(name);
        }

        if (Companion(name) is { } companion)
        {
            Drop(companion);
        }
    }

    /// <summary>The field that providers refuse where the named one is missing.</summary>
    private static string? Companion(string name) => name switch
    {
        "logprobs" => "top_logprobs",
        "store" => "metadata",
        _ => null,
    };

    // As a value that is set, because a rename in the edits would give way to a field of the caller that is dropped.
    private void Rename(string from, string to)
    {
        if (from == to || !TryGetSent(_chat, _edits, from, out var value))
        {
            return;
        }

        var isOurs = _edits.Fields.ContainsKey(from) && !_edits.Fields.ContainsKey(to);
        _edits.Drop(from);
        if (isOurs || !TryGetSent(_chat, _edits, to, out _))
        {
            _edits.Set(to, value);
        }
    }

    private static bool IsOne(ReadOnlySpan<byte> value) =>
        double.TryParse(Encoding.UTF8.GetString(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == 1;
}
