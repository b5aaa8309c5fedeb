using System.Text.Json.Nodes;

namespace Ensemble.Load.Processes;

/// <summary>Where the repository and the product's build are, and the catalog that the product is started with.</summary>
internal static class ProductFiles
{
    private static readonly int[] Latencies = [0, 50, MemoryLatency];
    public static readonly int[] Panels = [3, 5, 8];

    /// <summary>Milliseconds that each call takes while memory is measured: long enough for 256 runs to be under way together.</summary>
    public const int MemoryLatency = 3000;

    public static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ensemble.Orleans.sln")))
            {
                return folder.FullName;
            }
        }

        throw new LoadException("Ensemble.Orleans.sln is in no folder above the benchmark: run it inside the repository.");
    }

    public const string NodeFile = "ensemble-silo.dll";

    /// <param name="given">A build's assembly; null = the Release build in this repository.</param>
    public static string Silo(string? given) => given is null ? Built("src/Silo", NodeFile, "--silo") : Existing(given);

    /// <exception cref="LoadException">It is not there.</exception>
    public static string Existing(string assembly) => Path.GetFullPath(assembly) is var path && File.Exists(path)
        ? path
        : throw new LoadException($"{path} is not there: give the path of a built assembly.");

    /// <summary>Where today's report of this kind is kept.</summary>
    public static string Result(string kind) =>
        Path.Combine(Repository(), "bench/results", $"{kind}-{TimeProvider.System.GetLocalNow():yyyy-MM-dd}.md");

    private static string Built(string project, string name, string option) =>
        Path.Combine(Repository(), project, "bin/Release/net10.0", name) is var assembly && File.Exists(assembly)
            ? assembly
            : throw new LoadException($"{assembly} is not there: run `dotnet build -c Release {project}` first, or give {option}.");

    public static async Task<string> WriteCatalogAsync(string folder, Uri stub, CancellationToken cancel)
    {
        var file = Path.Combine(folder, "catalog.json");
        await File.WriteAllTextAsync(file, Catalog(stub).ToJsonString(), cancel);
        return file;
    }

    /// <summary>Every ensemble waits for all its members and always asks its judge, as the baseline does; a failed judge is an error.</summary>
    public static JsonObject Catalog(Uri stub)
    {
        var models = new JsonArray();
        foreach (var latency in Latencies)
        {
            foreach (var name in Enumerable.Range(1, Panels.Max()).Select(number => Names.Member(number, latency)).Append(Names.Judge(latency)))
            {
                models.Add((JsonNode)Model(name, stub));
            }

            foreach (var panel in Panels)
            {
                models.Add((JsonNode)Ensemble(Names.Ensemble(panel, latency), panel, latency, Names.Judge(latency)));
            }
        }

        models.Add((JsonNode)Model(Names.Ticker, stub));
        models.Add((JsonNode)Ensemble(Names.Tokens, Names.TokenPanel, latency: 0, Names.Ticker));
        return new JsonObject
        {
            ["models"] = models,
            ["keys"] = new JsonArray(new JsonObject { ["name"] = "bench", ["key"] = Names.CallerKey }),
        };
    }

    private static JsonObject Model(string name, Uri stub) => new()
    {
        ["display_name"] = name,
        ["provider"] = "openai",
        ["base_url"] = new Uri(stub, "/v1").ToString(),
        ["model"] = name,
    };

    private static JsonObject Ensemble(string alias, int panel, int latency, string judge) => new()
    {
        ["display_name"] = alias,
        ["ensemble"] = new JsonObject
        {
            ["panel"] = new JsonArray([.. Enumerable.Range(1, panel).Select(number => new JsonObject { ["model"] = Names.Member(number, latency) })]),
            ["judge"] = new JsonObject { ["model"] = judge },
            ["min_responses"] = panel,
            ["straggler_grace_ms"] = "all",
            ["always_judge"] = true,
            ["on_judge_failure"] = "fail",
        },
    };
}
