using System.Text;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads the judge of an ensemble.</summary>
internal static class JudgeReader
{
    private const int MaxPromptBytes = 64 * 1024;
    private const int MaxFallbacks = 16;

    private static readonly string[] Fields = ["model", "synthesis_prompt", "temperature", "reasoning_effort", "fallbacks"];
    private static readonly string[] Placeholders = ["{original_request}", "{labeled_candidates}"];

    public static JudgeConfig? Read(ConfigNode node, CatalogDraft draft)
    {
        if (node.Object(Fields) is not { } judge)
        {
            return null;
        }

        var model = draft.ReadReference(judge.Require("model", "Name the direct model that writes the answer."));
        return new JudgeConfig
        {
            Model = model ?? "",
            SynthesisPrompt = judge.Find("synthesis_prompt") is { } prompt ? ReadPrompt(prompt) : null,

            // Null is a choice of its own here: the judge's provider takes no temperature.
            Temperature = judge.Has("temperature")
                ? judge.Number("temperature", 0, PanelReader.MaxTemperature)
                : JudgeConfig.DefaultTemperature,
            ReasoningEffort = judge.Find("reasoning_effort")?.OneOf(PanelReader.Efforts),
            Fallbacks = judge.Find("fallbacks") is { } fallbacks ? ReadFallbacks(fallbacks, model, draft) : [],
        };
    }

    private static List<string> ReadFallbacks(ConfigNode node, string? judge, CatalogDraft draft)
    {
        var names = new List<string>();
        foreach (var item in node.Items(0, MaxFallbacks, "fallbacks") ?? [])
        {
            if (draft.ReadReference(item) is not { } name)
            {
                continue;
            }

            if (name == judge || names.Contains(name))
            {
                item.Warn("was asked before it", "Name another model: what failed once is likely to fail again.");
            }

            names.Add(name);
        }

        return names;
    }

    private static string? ReadPrompt(ConfigNode node)
    {
        if (node.Text(MaxPromptBytes) is not { } prompt)
        {
            return null;
        }

        if (Encoding.UTF8.GetByteCount(prompt) > MaxPromptBytes)
        {
            node.Error($"is larger than {MaxPromptBytes / 1024} KiB", "Shorten it.");
        }

        foreach (var placeholder in Placeholders)
        {
            var first = prompt.IndexOf(placeholder, StringComparison.Ordinal);
            if (first < 0)
            {
                node.Error($"lacks {placeholder}", "Put it where that text belongs.");
            }
            else if (prompt.IndexOf(placeholder, first + 1, StringComparison.Ordinal) >= 0)
            {
                node.Error($"has {placeholder} more than once", "Keep one of them.");
            }
        }

        return prompt;
    }
}
