using System.Text;

namespace Ensemble.Fuzz.Tests.Seeds;

/// <summary>Valid requests to the admin endpoints and to the dashboard's session.</summary>
internal sealed record AdminSeeds(HttpMethod Method, string Path, string Body)
{
    /// <summary>The admin key of the gateways.</summary>
    public const string Key = "the-admin-key-of-the-fuzzer";

    private const string Model =
        """{"display_name":"made","provider":"openai","base_url":"https://api.example.com/v1","model":"m","api_key":"env:ENSEMBLE_SECRET_X","timeout_ms":60000,"retries":2,"params":{"drop":["seed"],"rename":{"max_tokens":"max_completion_tokens"},"set":{"a":1},"developer_role":"system"},"rate_limit":{"rpm":600,"tpm":200000,"rpd":50000,"concurrency":40},"cooldown":{"after_failures":3,"seconds":30,"max_seconds":600},"price":{"input_per_million":0.55,"output_per_million":2.2}}""";

    private const string Ensemble =
        """{"display_name":"made","rate_limit":{"rpm":100},"ensemble":{"panel":[{"model":"sim-swift","temperature":0.7,"seed":1,"weight":1.5,"samples":2},{"model":"sim-steady"}],"judge":{"model":"sim-judge","synthesis_prompt":"{original_request} {labeled_candidates}","temperature":null,"fallbacks":["sim-swift"]},"strategy":"synthesize","min_responses":2,"deadline_ms":120000,"straggler_grace_ms":"all","budget":{"max_cost_usd":0.2,"max_calls":9},"on_budget":"degrade"}}""";

    private const string Route =
        """{"display_name":"made","ensemble":{"strategy":"route","route":{"rules":[{"when":{"max_words":14,"not_matches":"(?i)code"},"to":"sim-swift"}],"classifier":null,"default":"sim-steady","shadow_rate":0.1}}}""";

    private const string CallerKey =
        """{"name":"made","allowed_models":["*"],"rate_limit":{"rpm":60},"expires_at":"2030-01-01T00:00:00Z","disabled":false,"read_manifests":true,"monthly_budget_usd":10.5}""";

    private static readonly string[] Queries =
    [
        "/admin/usage?from=2026-01-31T12:00:00Z&to=2026-02-01T12:00:00Z&group_by=model&limit=10", "/admin/usage?ensemble=council&caller=&outcome=ok&role=judge",
        "/admin/runs?min_agreement=0.5&max_agreement=1&min_cost=0.01&outcome=completed&limit=5", "/admin/runs?id=run&after=x", "/admin/models?limit=100&after=a",
        "/admin/keys?limit=1", "/admin/gates", "/admin/cluster", "/admin/models/council", "/admin/usage?bucket=1h&group_by=ensemble,model", "/v1/runs/run-1", "/v1/models", "/v1/models/council",
    ];

    public static AdminSeeds Draw(Random random) => random.Next(9) switch
    {
        0 => new(HttpMethod.Post, "/admin/models", Model),
        1 => new(HttpMethod.Put, "/admin/models/made?validate=true&plan=100", Ensemble),
        2 => new(HttpMethod.Post, "/admin/models?validate=true", Route),
        3 => new(HttpMethod.Put, "/admin/models/made", Ensemble),
        4 => new(HttpMethod.Put, "/admin/keys/made", CallerKey),
        5 => new(HttpMethod.Post, "/dashboard/session", $$"""{"key":"{{Key}}"}"""),
        6 => new(HttpMethod.Post, "/v1/runs/run-1/replay", """{"strategy":"vote","judge":"sim-judge","stream":false}"""),
        _ => new(HttpMethod.Get, Queries[random.Next(Queries.Length)], ""),
    };

    /// <summary>The path with a few characters changed, as a client may send it.</summary>
    public string MutatedPath(Random random)
    {
        string[] odd = ["%ED%A0%BD", "%FF", "%2F", "+", "&&", "=", "%", "99999999999999999999", "-1", "1e400", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "é", "..", "%0d%0a"];
        var path = new StringBuilder(Path);
        for (var i = random.Next(3); i > 0; i--)
        {
            var at = random.Next(1, path.Length + 1);
            path.Insert(at, odd[random.Next(odd.Length)]);
        }

        return path.ToString();
    }
}
