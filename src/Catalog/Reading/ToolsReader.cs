using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads what an ensemble does with tools: a mode, or an object with it.</summary>
internal static class ToolsReader
{
    private static readonly string[] Fields = ["mode", "panel"];

    private static readonly (string, ToolsMode)[] Modes =
        [("reject", ToolsMode.Reject), ("vote", ToolsMode.Vote), ("advise", ToolsMode.Advise)];

    private static readonly (string, AdviceFrequency)[] Frequencies =
        [("every_request", AdviceFrequency.EveryRequest), ("once_per_user_turn", AdviceFrequency.OncePerUserTurn)];

    /// <param name="chosen">Null where it could not be read.</param>
    public static EnsembleConfig Read(ConfigObject block, EnsembleConfig config, StrategyKind? chosen)
    {
        var fallback = StrategyRules.DefaultTools(config.Strategy);
        if (block.Find("tools") is not { } node)
        {
            return config with { Tools = fallback };
        }

        var (mode, panel) = (node, default(ConfigNode?));
        if (node.Element.ValueKind == JsonValueKind.Object)
        {
            if (node.Object(Fields) is not { } tools)
            {
                return config with { Tools = fallback };
            }

            panel = tools.Find("panel");
            if (tools.Find("mode") is not { } named)
            {
                return Checked(node, config with { Tools = fallback, Advice = panel?.OneOf(Frequencies) ?? default }, panel, chosen);
            }

            mode = named;
        }

        return mode.OneOf(Modes) is { } known
            ? Checked(mode, config with { Tools = known, Advice = panel?.OneOf(Frequencies) ?? default }, panel, chosen)
            : config with { Tools = fallback };
    }

    private static EnsembleConfig Checked(ConfigNode mode, EnsembleConfig config, ConfigNode? panel, StrategyKind? chosen)
    {
        if (chosen is { } strategy)
        {
            StrategyRules.CheckTools(mode, config.Tools, strategy, config.Judge is not null);
        }

        if (config.Tools != ToolsMode.Advise)
        {
            panel?.Error(
                "says how often members are asked for advice, and \"mode\" is not \"advise\"", "Write \"mode\": \"advise\", or remove it.");
        }

        return config;
    }
}
