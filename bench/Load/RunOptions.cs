using System.Globalization;
using Ensemble.Load.Ledger;
using Ensemble.Load.Processes;
using Ensemble.Load.Traffic;

namespace Ensemble.Load;

/// <summary>What the command line asks of <c>run</c>, <c>aims</c> and <c>soak</c>.</summary>
internal sealed record RunOptions
{
    public const string Usage = """
        run [--quick] [--sides NAME,…] [--self-check | --against DLL] [--only PART,…] [--panel N,…] [--rounds N]
            [--slot SECONDS] [--warm-up SECONDS] [--minutes N] [--load raw|http] [--silo DLL] [--before DLL]
            [--out FILE] [-- ARGS OF THE PRODUCT]
            sides: all-memory, all-sqlite
            parts: latency, throughput, stream, memory, direct, calls, load, tiers, ledger, soak
        aims [OPTIONS OF run]
        soak [OPTIONS OF run]
        gate
        answers
        ledger [--quick] [--sqlite N] [--postgres N] [--no-kills] [--silo DLL] [--out FILE]
        cluster [--quick] [--rounds N] [--silo DLL] [--out FILE]
        stream [--quick] [--rounds N] [--silo DLL] [--out FILE]
        failures [--quick] [--only NAME,…] [--silo DLL] [--logs FOLDER] [--out FILE]
        panel [--data FILE] [--only NAME,…] [--silo DLL] [--out FILE]
        stub --urls URL
        baseline --urls URL --stub URL
        yarp --urls URL --stub URL
        """;

    public static readonly IReadOnlyList<string> AllParts =
        [Latency, Throughput, Stream, Memory, Direct, Calls, LoadCost, Tiers, Ledger, Soak];

    public const string Latency = "latency";
    public const string Throughput = "throughput";
    public const string Stream = "stream";
    public const string Memory = "memory";
    public const string Direct = "direct";
    public const string Calls = "calls";
    public const string LoadCost = "load";
    public const string Tiers = "tiers";
    public const string Ledger = "ledger";
    public const string Soak = "soak";

    /// <summary>What was asked for, and the beginning of the report's name: <c>load</c>, <c>aims</c> or <c>soak</c>.</summary>
    public string Report { get; init; } = "load";

    /// <summary>N = 3 only, two short rounds: to see that all works. Its figures are not worth keeping.</summary>
    public bool Quick { get; init; }

    /// <summary>A second baseline is measured instead of the product: every difference is then the tool's own error.</summary>
    public bool SelfCheck { get; init; }

    /// <summary>
    /// The assembly of another build of the product, measured in the baseline's place and started as the one side is: what a change
    /// costs or brings, in one run. Null = the hand-written baseline.
    /// </summary>
    public string? Against { get; init; }

    /// <summary>Ways to run the product, measured one after the other, each beside the baseline.</summary>
    public IReadOnlyList<ProductSide> Sides { get; init; } = [ProductSide.AllMemory, ProductSide.AllSqlite];

    /// <summary>Parts to measure. Default of <c>run</c>: all but the soak.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [Latency, Throughput, Stream, Memory, Direct, Calls, LoadCost];

    /// <summary>Sizes of the ensembles' panels. Default 3, 5 and 8, with <see cref="Quick"/> 3.</summary>
    public IReadOnlyList<int> Panels { get; init; } = ProductFiles.Panels;

    /// <summary>ABBA rounds a cell. Default 5, with <see cref="Quick"/> 2.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Seconds that are measured in a slot, four of which make a round. Default 1, with <see cref="Quick"/> 0.5.</summary>
    public double Slot { get; init; } = 1;

    /// <summary>
    /// Seconds of load on each side before anything is measured, for whole and for streamed answers. Default 20, with <see cref="Quick"/>
    /// 1.5: after 15 s of load the product's compiler threads still took a sixth of its processor time, after 45 s next to nothing.
    /// </summary>
    public double WarmUp { get; init; } = 20;

    /// <summary>Length of a soak; beside other parts only nodes have one. Default 10 minutes, with <see cref="Quick"/> 0.5.</summary>
    public double Minutes { get; init; } = 10;

    /// <summary>How the ledger is measured: for less time where the soak is short.</summary>
    public LedgerOptions Ledgers => new() { Quick = Minutes < 10 };

    /// <summary>What makes the load. Default <see cref="LoadClient.Raw"/>.</summary>
    public LoadClient Client { get; init; }

    /// <summary>The assembly of the product; null = the Release build in this repository.</summary>
    public string? Silo { get; init; }

    /// <summary>
    /// The assembly of another build, whose runs a second the product's are held against beside the same baseline: a node's, or
    /// <c>Ensemble.Frontend.dll</c> of a commit that had an engine without Orleans. Null = none is measured.
    /// </summary>
    public string? Before { get; init; }

    /// <summary>
    /// Where the report goes; null = bench/results/<see cref="Report"/>-DATE.md, or nowhere for a self-check or with <see cref="Against"/>.
    /// </summary>
    public string? Out { get; init; }

    /// <summary>Given to the product after the benchmark's own arguments.</summary>
    public IReadOnlyList<string> ProductArguments { get; init; } = [];

    /// <summary>Figures of so little time are not to be quoted.</summary>
    public bool IsBrief => Quick || Rounds < 5 || Slot < 1 || WarmUp < 20 || Minutes < 10;

    public static RunOptions Parse(string verb, ReadOnlySpan<string> args)
    {
        var own = args.IndexOf("--") is var end && end < 0 ? args : args[..end];
        var options = verb switch
        {
            "aims" => new RunOptions
            {
                Report = verb,
                Panels = [3],
                Slot = 2,
                Parts = [Latency, Throughput, Direct, Calls, LoadCost, Tiers, Ledger, Soak],
            },
            "soak" => new RunOptions { Report = verb, Sides = [ProductSide.AllSqlite], Parts = [Soak] },
            _ => new RunOptions(),
        };
        if (own.Contains("--quick"))
        {
            options = options with { Quick = true, Panels = [3], Rounds = 2, Slot = 0.5, WarmUp = 1.5, Minutes = 0.5 };
        }

        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    break;
                case "--self-check":
                    options = options with { SelfCheck = true };
                    break;
                case "--against":
                    options = options with { Against = Value(args, ref i) };
                    break;
                case "--sides":
                    options = options with { Sides = [.. Value(args, ref i).Split(',').Select(ProductSide.Find)] };
                    break;
                case "--only":
                    options = options with { Parts = Some(Value(args, ref i), AllParts, args[i - 1]) };
                    break;
                case "--panel":
                    var sizes = ProductFiles.Panels.Select(size => size.ToString(CultureInfo.InvariantCulture)).ToArray();
                    var chosen = Some(Value(args, ref i), sizes, args[i - 1]);
                    options = options with { Panels = [.. chosen.Select(size => int.Parse(size, CultureInfo.InvariantCulture))] };
                    break;
                case "--rounds":
                    options = options with { Rounds = (int)Number(args, ref i, 1, 100) };
                    break;
                case "--slot":
                    options = options with { Slot = Number(args, ref i, 0.1, 60) };
                    break;
                case "--warm-up":
                    options = options with { WarmUp = Number(args, ref i, 0.1, 600) };
                    break;
                case "--minutes":
                    options = options with { Minutes = Number(args, ref i, 0.1, 1440) };
                    break;
                case "--load":
                    var client = Some(Value(args, ref i), ["raw", "http"], args[i - 1])[0];
                    options = options with { Client = client == "http" ? LoadClient.Http : LoadClient.Raw };
                    break;
                case "--before":
                    options = options with { Before = Value(args, ref i) };
                    break;
                case "--silo":
                    options = options with { Silo = Value(args, ref i) };
                    break;
                case "--out":
                    options = options with { Out = Value(args, ref i) };
                    break;
                case "--":
                    options = options with { ProductArguments = args[(i + 1)..].ToArray() };
                    i = args.Length;
                    break;
                default:
                    throw new LoadException($"{args[i]} is not known. Usage:\n{Usage}");
            }
        }

        return options switch
        {
            { SelfCheck: true, Against: not null } =>
                throw new LoadException("--self-check measures the baseline against itself: leave out --against."),
            { SelfCheck: true } => options with { Parts = [.. options.Parts.Intersect([Latency, Throughput, Stream, Memory])] },
            { Against: not null, Sides.Count: > 1 } =>
                throw new LoadException("--against compares two builds of one side: name it, as --sides all-sqlite."),
            _ => options,
        };
    }

    public static string Value(ReadOnlySpan<string> args, ref int at) =>
        ++at < args.Length ? args[at] : throw new LoadException($"{args[at - 1]} wants a value. Usage:\n{Usage}");

    private static double Number(ReadOnlySpan<string> args, ref int at, double least, double most)
    {
        var text = Value(args, ref at);
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        return isNumber && number >= least && number <= most
            ? number
            : throw new LoadException($"{args[at - 1]}: '{text}' is not a number from {least} to {most}.");
    }

    private static string[] Some(string list, IReadOnlyList<string> known, string option)
    {
        var chosen = list.Split(',');
        return chosen.FirstOrDefault(one => !known.Contains(one)) is { } other
            ? throw new LoadException($"{option}: '{other}' is not one of {string.Join(", ", known)}.")
            : chosen;
    }
}
