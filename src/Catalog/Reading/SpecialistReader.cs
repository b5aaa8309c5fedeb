using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads who plans, and who answers which part.</summary>
internal static class SpecialistReader
{
    private const int MaxMembers = 20;
    private const int MaxSubtasks = 20;
    private const int MaxTopic = 64;

    private static readonly string[] Fields = ["planner", "members", "max_subtasks"];

    public static SpecialistConfig? Read(ConfigNode node, CatalogDraft draft)
    {
        if (node.Object(Fields) is not { } specialist)
        {
            return null;
        }

        return new SpecialistConfig
        {
            Planner = draft.ReadReference(specialist.Require("planner", "Name the model that splits requests.")) ?? "",
            Members = specialist.Require("members", "Give each topic a model: { \"code\": … }.") is { } members
                ? ReadMembers(members, draft)
                : [],
            MaxSubtasks = (int?)specialist.Integer("max_subtasks", 1, MaxSubtasks) ?? SpecialistConfig.DefaultMaxSubtasks,
        };
    }

    private static Dictionary<string, string> ReadMembers(ConfigNode node, CatalogDraft draft)
    {
        var members = new Dictionary<string, string>();
        var entries = node.Entries(MaxMembers) ?? [];
        if (entries.Count == 0 && node.Element.ValueKind == JsonValueKind.Object && !node.Element.EnumerateObject().Any())
        {
            node.Error("has no member", "Give at least one topic a model: { \"code\": … }.");
        }

        foreach (var (topic, value) in entries)
        {
            if (string.IsNullOrWhiteSpace(topic) || topic.Length > MaxTopic || topic.Any(char.IsControl) || topic != topic.Trim())
            {
                value.Error(
                    $"is of a topic that is empty, longer than {MaxTopic} characters, or has blanks at an end or control characters",
                    "Name the topic as the planner should, as \"code\".");
            }
            else if (draft.ReadReference(value) is { } model)
            {
                members.Add(topic, model);
            }
        }

        return members;
    }
}
