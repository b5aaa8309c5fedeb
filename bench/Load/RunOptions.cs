using System.Globalization;
using Ensemble.Load.Processes;

namespace Ensemble.Load;

/// <summary>What the command line asks of <c>run</c>.</summary>
internal sealed record RunOptions
{
    public const string Usage = """
        run [--quick] [--sides NAME,…] [--self-check | --against DLL] [--only PART,…] [--panel N,…] [--rounds N] [--slot SECONDS] [--warm-up SECONDS]
            [--product DLL] [--silo DLL] [--out FILE] [-- ARGS OF THE PRODUCT]
            sides: in-process, in-process-sqlite, all-memory, all-sqlite
            parts: latency, throughput, stream, memory
        gate
        answers
        ledger [--quick] [--sqlite N] [--postgres N] [--no-kills] [--product DLL] [--out FILE]
        cluster [--quick] [--rounds N] [--product DLL] [--silo DLL] [--out FILE]
        failures [--quick] [--only NAME,…] [--silo DLL] [--logs FOLDER] [--out FILE]
        panel [--data FILE] [--only NAME,…] [--product DLL] [--out FILE]
        stub --urls URL
        baseline --urls URL --stub URL
        """;

    public static readonly IReadOnlyList<string> AllParts = ["latency", "throughput", "stream", "memory"];

    /// <summary>N = 3 only, two short rounds: to see that all works. Its figures are not worth keeping.</summary>
    public bool Quick { get; init; }

    /// <summary>A second baseline is measured instead of the product: every difference is then the tool's own error.</summary>
    public bool SelfCheck { get; init; }

    /// <summary>
    /// The assembly of another build of the product, measured in the baseline's place and started as the one side is: what a change costs or
    /// brings, in one run. Null = the hand-written baseline.
    /// </summary>
    public string? Against { get; init; }

    /// <summary>Ways to run the product, measured one after the other, each beside the baseline.</summary>
    public IReadOnlyList<ProductSide> Sides { get; init; } = [ProductSide.InProcess, ProductSide.AllMemory, ProductSide.AllSqlite];

    /// <summary>Parts to measure. Default all.</summary>
    public IReadOnlyList<string> Parts { get; init; } = AllParts;

    /// <summary>Sizes of the ensembles' panels. Default 3, 5 and 8, with <see cref="Quick"/> 3.</summary>
    public IReadOnlyList<int> Panels { get; init; } = ProductFiles.Panels;

    /// <summary>ABBA rounds a cell. Default 5, with <see cref="Quick"/> 2.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Seconds that are measured in a slot, four of which make a round. Default 1, with <see cref="Quick"/> 0.5.</summary>
    public double Slot { get; init; } = 1;

    /// <summary>
    /// Seconds of load on each side before anything is measured, for whole and for streamed answers. Default 20, with <see cref="Quick"/> 1.5: after 15 s of load the product's
    /// compiler threads still took a sixth of its processor time, after 45 s next to nothing.
    /// </summary>
    public double WarmUp { get; init; } = 20;

    /// <summary>The assembly of the in-process sides; null = the Release build in this repository.</summary>
    public string? Product { get; init; }

    /// <summary>The assembly of the sides of role <c>all</c>; null = the Release build in this repository.</summary>
    public string? Silo { get; init; }

    /// <summary>Where the report goes; null = bench/results/load-DATE.md, or nowhere for a self-check or with <see cref="Against"/>.</summary>
    public string? Out { get; init; }

    /// <summary>Given to the product after the benchmark's own arguments.</summary>
    public IReadOnlyList<string> ProductArguments { get; init; } = [];

    public static RunOptions Parse(ReadOnlySpan<string> args)
    {
        var quick = args.Contains("--quick") && (args.IndexOf("--") is var end && (end < 0 || args.IndexOf("--quick") < end));
        var options = quick ? new RunOptions { Quick = true, Panels = [3], Rounds = 2, Slot = 0.5, WarmUp = 1.5 } : new RunOptions();
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
                    options = options with { Panels = [.. Some(Value(args, ref i), sizes, args[i - 1]).Select(size => ProductFiles.Panels[Array.IndexOf(sizes, size)])] };
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
                case "--product":
                    options = options with { Product = Value(args, ref i) };
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
            { SelfCheck: true, Against: not null } => throw new LoadException("--self-check measures the baseline against itself: leave out --against."),
            { Against: not null, Sides.Count: > 1 } => throw new LoadException("--against compares two builds of one side: name it, as --sides all-sqlite."),
            _ => options,
        };
    }

    public static string Value(ReadOnlySpan<string> args, ref int at) =>
        ++at < args.Length ? args[at] : throw new LoadException($"{args[at - 1]} wants a value. Usage:\n{Usage}");

    private static double Number(ReadOnlySpan<string> args, ref int at, double least, double most)
    {
        var text = Value(args, ref at);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
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
