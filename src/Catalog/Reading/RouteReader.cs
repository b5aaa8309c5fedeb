using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads which model a request goes to.</summary>
internal static class RouteReader
{
    private const int MaxRules = 200;
    private const int MaxDescriptions = 200;
    private const int MaxDescription = 1024;

    private static readonly string[] Fields = ["rules", "classifier", "descriptions", "default", "verify", "shadow_rate"];
    private static readonly string[] RuleFields = ["when", "to"];
    private static readonly string[] VerifyFields = ["verifier", "on_verifier_failure"];

    public static RouteConfig? Read(ConfigNode node, CatalogDraft draft)
    {
        if (node.Object(Fields) is not { } route)
        {
            return null;
        }

        var config = new RouteConfig
        {
            Rules = route.Find("rules") is { } rules ? ReadRules(rules, draft) : [],
            Classifier = draft.ReadReference(route.Find("classifier")),
            Descriptions = route.Find("descriptions") is { } descriptions
                ? ReadDescriptions(descriptions, draft)
                : new Dictionary<string, string>(),
            Default = draft.ReadReference(route.Require("default", "Name the model that answers where no rule matches.")) ?? "",
            Verify = route.Find("verify") is { } verify ? ReadVerify(verify, draft) : null,
            ShadowRate = route.Number("shadow_rate", 0, 1) ?? 0,
        };
        CheckChoice(route, config);
        return config;
    }

    private static void CheckChoice(ConfigObject route, RouteConfig config)
    {
        if (route.Find("classifier") is not { } classifier)
        {
            route.Find("descriptions")?.Error("are read by a classifier, which is not configured", "Name a \"classifier\", or remove them.");
            if (route.Find("rules") is not { } rules
                || (rules.Element.ValueKind == JsonValueKind.Array && rules.Element.GetArrayLength() == 0))
            {
                route.Warn("has neither rules nor a classifier, so every request goes to its default", "Add a rule.");
            }
        }
        else if (config.Targets.Count < 2)
        {
            classifier.Error("has no two models to choose between", "Add rules or descriptions that name further ones, or remove it.");
        }
    }

    private static List<RouteRule> ReadRules(ConfigNode node, CatalogDraft draft)
    {
        var rules = new List<RouteRule>();
        foreach (var item in node.Items(0, MaxRules, "rules") ?? [])
        {
            if (item.Object(RuleFields) is not { } rule)
            {
                continue;
            }

            var when = rule.Require("when", "Say what a request has to be like, or use \"default\" for all others.") is { } condition
                ? RouteConditionReader.Read(condition)
                : null;
            var target = draft.ReadReference(rule.Require("to", "Name the model that answers such requests."));
            if (target is not null)
            {
                rules.Add(new RouteRule(when ?? new RouteCondition(), target));
            }
        }

        return rules;
    }

    private static Dictionary<string, string> ReadDescriptions(ConfigNode node, CatalogDraft draft)
    {
        var descriptions = new Dictionary<string, string>();
        foreach (var (target, value) in node.Entries(MaxDescriptions) ?? [])
        {
            draft.AddReference(value.Hidden(), target);
            descriptions.Add(target, value.Text(MaxDescription) ?? "");
        }

        return descriptions;
    }

    private static RouteVerifyConfig? ReadVerify(ConfigNode node, CatalogDraft draft) => node.Object(VerifyFields) is { } verify
        ? new RouteVerifyConfig(
            draft.ReadReference(verify.Require("verifier", "Name the model that audits the answer.")) ?? "",
            VerifyReader.ReadFailure(verify))
        : null;
}
