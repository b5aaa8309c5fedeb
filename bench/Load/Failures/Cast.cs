using System.Globalization;
using System.Text.Json.Nodes;

namespace Ensemble.Load.Failures;

/// <summary>The models and ensembles of the load, and what the stub lets each of them do.</summary>
internal static class Cast
{
    /// <summary>The ensemble that is asked.</summary>
    public const string Ensemble = "jury";

    /// <summary>The same without <see cref="Capped"/>, for the first requests, which cold processes serve slowly.</summary>
    public const string Rehearsal = "rehearsal";

    /// <summary>A member with a limit that never refuses: its gate is asked for every run.</summary>
    public const string Hot = "hot";

    /// <summary>A member with limits that the load exceeds.</summary>
    public const string Capped = "capped";

    /// <summary>A member without limits.</summary>
    public const string Plain = "plain";

    public const string Judge = "scribe";

    /// <summary>Asked by its own name, it talks for longer than a frontend may be gone.</summary>
    public const string Endless = "endless";

    /// <summary>Calls of <see cref="Capped"/> in any 60 seconds.</summary>
    public const int CappedRpm = 180;

    /// <summary>Calls of <see cref="Capped"/> at once.</summary>
    public const int CappedConcurrency = 5;

    public const int Tokens = 30;

    public const int EndlessTokens = 600;

    public static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(300);

    public static readonly TimeSpan TokenInterval = TimeSpan.FromMilliseconds(20);

    public static readonly TimeSpan EndlessInterval = TimeSpan.FromMilliseconds(150);

    /// <summary>Numbered, so that pieces of two answers put together are found out.</summary>
    public static readonly string Answer = string.Concat(Enumerable.Range(0, Tokens).Select(Token));

    public static string Token(int number) => number.ToString("D2", CultureInfo.InvariantCulture) + " ";

    public static JsonObject Catalog(Uri stub)
    {
        return new JsonObject
        {
            ["models"] = new JsonArray(
                Model(Hot, stub, new JsonObject { ["rpm"] = 1_000_000 }),
                Model(Capped, stub, new JsonObject { ["rpm"] = CappedRpm, ["concurrency"] = CappedConcurrency }),
                Model(Plain, stub),
                Model(Judge, stub),
                Model(Endless, stub),
                Panel(Rehearsal, Hot, Plain),
                Panel(Ensemble, Hot, Capped, Plain)),
            ["keys"] = new JsonArray(new JsonObject { ["name"] = "bench", ["key"] = Names.CallerKey }),
        };
    }

    private static JsonObject Panel(string alias, params string[] members) => new()
    {
        ["display_name"] = alias,
        ["ensemble"] = new JsonObject
        {
            ["panel"] = new JsonArray([.. members.Select(Member)]),
            ["judge"] = Member(Judge),
            ["min_responses"] = 2,
            ["straggler_grace_ms"] = "all",
            ["always_judge"] = true,
            ["on_judge_failure"] = "fail",
        },
    };

    private static JsonObject Member(string name) => new() { ["model"] = name };

    private static JsonObject Model(string name, Uri stub, JsonObject? limits = null)
    {
        JsonObject model = new()
        {
            ["display_name"] = name,
            ["provider"] = "openai",
            ["base_url"] = new Uri(stub, "/v1").ToString(),
            ["model"] = name,
        };
        if (limits is not null)
        {
            model["rate_limit"] = limits;
        }

        return model;
    }
}
