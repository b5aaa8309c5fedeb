using System.Text.Json.Nodes;

namespace Ensemble.Load.Panel;

/// <summary>What is asked all questions: a model, or an ensemble of models.</summary>
/// <param name="Kind">What <c>--only</c> may name besides its alias: <c>model</c>, or a strategy.</param>
/// <param name="Panel">Its models, in their order.</param>
/// <param name="Ensemble">The catalog's block; null = the model itself.</param>
internal sealed record PanelSubject(string Alias, string Kind, IReadOnlyList<string> Panel, JsonObject? Ensemble)
{
    /// <summary>The strongest of the recorded models, and the dearest.</summary>
    public const string Strongest = "gpt-4-1106";

    private const string Mixtral = "mixtral-8x7b";
    private const string Verified = "gpt3-175b-verified";
    private const string Large = "gpt3-175b";

    // By rank of size and year, set before any was scored.
    private static readonly Dictionary<string, int> Weights = new() { [Strongest] = 5, [Mixtral] = 3, [Verified] = 2 };

    /// <summary>Every model alone, and ensembles that need no judge.</summary>
    public static IReadOnlyList<PanelSubject> All(RecordedPanel recorded) =>
    [
        .. recorded.Models.Select(model => new PanelSubject(model, "model", [model], null)),
        Of("vote-of-three", "vote", [Mixtral, Verified, Large], _ => 1, []),
        Of("vote-of-six", "vote", recorded.Models, _ => 1, []),
        Of("weighted-vote-of-six", "vote", recorded.Models, model => Weights.GetValueOrDefault(model, 1), []),
        Of("consensus-of-three", "consensus", [Mixtral, Verified, Large], _ => 1, []),
        Of("consensus-of-six", "consensus", recorded.Models, _ => 1, []),
        Of("cascade", "cascade", [Verified, Mixtral, Strongest], _ => 1, new JsonObject
        {
            ["cascade"] = new JsonObject
            {
                ["rungs"] = new JsonArray(new JsonArray(Verified, Mixtral), new JsonArray(Strongest)),
                ["accept"] = new JsonObject { ["min_agreement"] = 1 },
            },
        }),
    ];

    /// <summary>The catalog with which the product is started.</summary>
    public static JsonObject Catalog(IEnumerable<PanelSubject> subjects, Uri upstream)
    {
        var all = subjects.ToList();
        var models = all.SelectMany(subject => subject.Panel).Distinct().Select(model => new JsonObject
        {
            ["display_name"] = model,
            ["provider"] = "openai",
            ["base_url"] = new Uri(upstream, "/v1").ToString(),
            ["model"] = model,
            ["retries"] = 0,
        });
        var ensembles = all.Where(subject => subject.Ensemble is not null).Select(subject => new JsonObject
        {
            ["display_name"] = subject.Alias,
            ["ensemble"] = subject.Ensemble!.DeepClone(),
        });
        return new JsonObject
        {
            ["models"] = new JsonArray([.. models, .. ensembles]),
            ["keys"] = new JsonArray(new JsonObject { ["name"] = "bench", ["key"] = Names.CallerKey }),
        };
    }

    private static PanelSubject Of(string alias, string strategy, IReadOnlyList<string> panel, Func<string, int> weight, JsonObject settings)
    {
        settings["panel"] = new JsonArray([.. panel.Select(model => new JsonObject { ["model"] = model, ["weight"] = weight(model) })]);
        settings["strategy"] = strategy;
        settings["answer_type"] = "number";
        return new PanelSubject(alias, strategy, panel, settings);
    }
}
