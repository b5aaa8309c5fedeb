namespace Ensemble.Catalog.Reading;

/// <summary>Reads the members of a panel.</summary>
internal static class PanelReader
{
    public const double MaxTemperature = 2;
    private const int MaxMembers = 32;
    private const int MaxSamples = 32;
    private const int MaxAnswers = 64;
    private const double MaxWeight = 1_000_000;

    private static readonly string[] Fields = ["model", "temperature", "reasoning_effort", "seed", "weight", "samples"];

    /// <summary>Of members and judges.</summary>
    public static readonly (string, ReasoningEffort)[] Efforts =
    [
        ("none", ReasoningEffort.None), ("low", ReasoningEffort.Low), ("medium", ReasoningEffort.Medium), ("high", ReasoningEffort.High),
    ];

    /// <param name="isAsked">False where members only give settings to models that the strategy's own block names.</param>
    /// <returns>The members that could be read, so that later checks see as many as possible.</returns>
    public static IReadOnlyList<PanelMemberConfig> Read(ConfigNode node, CatalogDraft draft, bool isAsked)
    {
        var items = node.Items(isAsked ? 1 : 0, MaxMembers, "members") ?? [];
        var members = items.Select(item => ReadMember(item, draft)).OfType<PanelMemberConfig>().ToList();
        var answers = members.Sum(member => member.Samples);
        if (answers > MaxAnswers)
        {
            node.Error($"asks for {answers} answers, at most {MaxAnswers} are allowed", "Remove members, or lower their samples.");
        }
        else if (isAsked && answers == 1 && items.Count == 1)
        {
            node.Warn("has one answer only, so there is nothing to compare", "Add a member, or raise samples.");
        }

        return members;
    }

    private static PanelMemberConfig? ReadMember(ConfigNode node, CatalogDraft draft)
    {
        if (node.Object(Fields) is not { } member)
        {
            return null;
        }

        var config = new PanelMemberConfig
        {
            Model = draft.ReadReference(member.Require("model", "Name a direct model.")) ?? "",
            Temperature = member.Number("temperature", 0, MaxTemperature),
            ReasoningEffort = member.Find("reasoning_effort")?.OneOf(Efforts),

            // Room for the seeds that follow, one for each further sample.
            Seed = member.Integer("seed", long.MinValue, long.MaxValue - MaxSamples),
            Weight = member.Find("weight") is { } weight ? ReadWeight(weight) ?? 1 : 1,
            Samples = (int?)member.Integer("samples", 1, MaxSamples) ?? 1,
        };
        if (config is { Samples: > 1, Temperature: 0 })
        {
            member.Find("samples")!.Value.Warn(
                "asks again with temperature 0, which gives the same answer again", "Raise its temperature, or ask once.");
        }

        return config;
    }

    private static double? ReadWeight(ConfigNode node)
    {
        var weight = node.Number(0, MaxWeight);
        if (weight == 0)
        {
            node.Error("must be above 0", "Give a positive weight, or remove the member.");
        }

        return weight;
    }
}
