using System.Globalization;
using System.Text.RegularExpressions;

namespace Ensemble.Providers.OpenAi;

/// <summary>
/// Presets by host and model name. Sources: OpenAI's guide to reasoning models, Google's page on OpenAI compatibility,
/// Anthropic's migration guide. What they miss is learned from the provider's own refusals.
/// </summary>
internal static partial class OpenAiPresets
{
    private const string OpenAiHost = "api.openai.com";

    private static readonly string[] ReasoningDrop =
        ["top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias", "stop"];

    private static readonly string[] GeminiDrop = ["seed", "store", "presence_penalty", "frequency_penalty", "service_tier"];

    public static OpenAiPreset For(string host, string model)
    {
        // Routers put the vendor before the name: openai/o3-mini.
        var name = model[(model.LastIndexOf('/') + 1)..];
        var preset = new OpenAiPreset { DeveloperRole = SupportsDeveloperRole(host) ? null : "system" };
        if (IsReasoning(name))
        {
            return preset with { Drop = ReasoningDrop, OnlyDefaultTemperature = true, RenamesMaxTokens = true };
        }

        if (IsHost(host, "generativelanguage.googleapis.com"))
        {
            return preset with { Drop = GeminiDrop };
        }

        return IsHost(host, "api.anthropic.com") ? preset with { Drop = AnthropicModelName.Refused(name) } : preset;
    }

    /// <summary>o1, o3, o4-mini, gpt-5, gpt-5.1-codex…; not gpt-5-chat, gpt-oss, gpt-4o.</summary>
    private static bool IsReasoning(string name)
    {
        var match = ReasoningName().Match(name);
        return match.Success && !name.Contains("-chat", StringComparison.OrdinalIgnoreCase)
            && (!match.Groups["gpt"].Success || int.Parse(match.Groups["gpt"].ValueSpan, CultureInfo.InvariantCulture) >= 5);
    }

    /// <summary>Whether the host is OpenAI's own, be it that of a region.</summary>
    public static bool IsOpenAi(string host) =>
        IsHost(host, OpenAiHost) || host.EndsWith("." + OpenAiHost, StringComparison.OrdinalIgnoreCase);

    private static bool SupportsDeveloperRole(string host) =>
        IsOpenAi(host)
        || host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase);

    private static bool IsHost(string host, string expected) => host.Equals(expected, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(o[1-9]|gpt-(?<gpt>[0-9]{1,3}))(?![A-Za-z0-9])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReasoningName();
}

/// <summary>How requests differ for one provider or model, before its operator's own <c>params</c>.</summary>
internal sealed record OpenAiPreset
{
    /// <summary>Fields that are never sent.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Whether <c>temperature</c> is sent only where it is 1.</summary>
    public bool OnlyDefaultTemperature { get; init; }

    /// <summary>Whether <c>max_tokens</c> is sent as <c>max_completion_tokens</c>.</summary>
    public bool RenamesMaxTokens { get; init; }

    /// <summary>The role sent for <c>developer</c>; null = it stays.</summary>
    public string? DeveloperRole { get; init; }
}
