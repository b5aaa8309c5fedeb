namespace Ensemble.Fuzz.Tests.Support;

/// <summary>A catalog with an ensemble of each strategy, one that votes on tool calls, one that compares vectors, and single models of each dialect.</summary>
internal static class FuzzCatalog
{
    /// <summary>What callers may name.</summary>
    public static readonly IReadOnlyList<string> Aliases =
    [
        "synthesize", "best_of", "vote", "consensus", "confidence", "self_report", "adaptive", "cascade", "verify", "route", "specialist", "tools", "vectors", "a", "b", "c",
    ];

    /// <summary>The aliases that are single models.</summary>
    public static bool IsDirect(string alias) => alias is "a" or "b" or "c" or "j" or "e";

    /// <param name="upstream">Where models of the dialects are.</param>
    /// <param name="simulatesSome">Whether one member and the judge are simulated, so that they answer rightly whatever they are sent.</param>
    public static string Json(Uri upstream, bool simulatesSome) =>
        (simulatesSome ? Text.Replace("EITHER", "SIMULATED", StringComparison.Ordinal) : Text.Replace("EITHER", "OPENAI", StringComparison.Ordinal))
            .Replace("SIMULATED", """ "provider":"simulated","simulated":{"latency_ms":0,"tokens_per_second":0} """, StringComparison.Ordinal)
            .Replace("OPENAI", """ "provider":"openai","base_url":"UPSTREAMv1","model":"m-openai",ONCE """, StringComparison.Ordinal)
            .Replace("ONCE", """ "retries":0,"cooldown":{"after_failures":1000} """, StringComparison.Ordinal)
            .Replace("PANEL", """ "panel":[{"model":"a"},{"model":"b"},{"model":"c"}],TIMES """, StringComparison.Ordinal)
            .Replace("TIMES", """ "idle_timeout_ms":2000,"deadline_ms":8000,"max_answer_ms":12000 """, StringComparison.Ordinal)
            .Replace("UPSTREAM", upstream.ToString(), StringComparison.Ordinal);

    private const string Text = """
        {"models":[
          {"display_name":"a",EITHER},
          {"display_name":"b","provider":"anthropic","base_url":"UPSTREAM","model":"m-anthropic","api_key":"env:PATH",ONCE},
          {"display_name":"c",OPENAI},
          {"display_name":"j",EITHER},
          {"display_name":"e","kind":"embedding",OPENAI},
          {"display_name":"synthesize","ensemble":{PANEL,"judge":{"model":"j","fallbacks":["c"]},"analysis":true}},
          {"display_name":"best_of","ensemble":{"strategy":"best_of",PANEL,"judge":{"model":"j"},"best_of":{"swap":true}}},
          {"display_name":"vote","ensemble":{"strategy":"vote",PANEL,"min_responses":2}},
          {"display_name":"consensus","ensemble":{"strategy":"consensus",PANEL,"min_responses":2}},
          {"display_name":"confidence","ensemble":{"strategy":"confidence",PANEL,"confidence":{"source":"logprobs"}}},
          {"display_name":"self_report","ensemble":{"strategy":"confidence",PANEL,"confidence":{"source":"self_report"}}},
          {"display_name":"adaptive","ensemble":{"strategy":"adaptive",PANEL,"judge":{"model":"j"}}},
          {"display_name":"cascade","ensemble":{"strategy":"cascade",PANEL,"cascade":{"rungs":[["a","b"],["c"]]}}},
          {"display_name":"verify","ensemble":{"strategy":"verify",TIMES,"verify":{"primary":"a","verifier":"j","escalate_to":"c"}}},
          {"display_name":"route","ensemble":{"strategy":"route",TIMES,"route":{"classifier":"j","rules":[],"default":"c","descriptions":{"a":"maths","c":"the rest"}}}},
          {"display_name":"specialist","ensemble":{"strategy":"specialist",TIMES,"judge":{"model":"j"},"specialist":{"planner":"j","members":{"maths":"a","text":"c"}}}},
          {"display_name":"tools","ensemble":{"strategy":"vote",PANEL,"tools":"vote","min_responses":1}},
          {"display_name":"vectors","ensemble":{"strategy":"consensus",PANEL,"consensus":{"embedding_model":"e"}}}
        ]}
        """;
}
