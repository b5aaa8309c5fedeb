using System.Globalization;

namespace Ensemble.Load;

/// <summary>What the command line asks of <c>run</c>.</summary>
internal sealed record RunOptions
{
    public const string Usage = """
        run [--quick] [--self-check | --against DLL] [--rounds N] [--only latency,throughput,stream,memory] [--product DLL] [--out FILE]
            [-- ARGS OF THE PRODUCT]
        gate
        answers
        ledger [--quick] [--sqlite N] [--postgres N] [--no-kills] [--product DLL] [--out FILE]
        cluster [--quick] [--rounds N] [--product DLL] [--silo DLL] [--out FILE]
        failures [--quick] [--only NAME,…] [--silo DLL] [--logs FOLDER] [--out FILE]
        panel [--data FILE] [--only NAME,…] [--product DLL] [--out FILE]
        stub --urls URL
        baseline --urls URL --stub URL
        """;

    /// <summary>N = 3 only, two rounds: to see that all works. Its figures are not worth keeping.</summary>
    public bool Quick { get; init; }

    /// <summary>A second baseline stands where the product would: every difference is then the tool's own error.</summary>
    public bool SelfCheck { get; init; }

    /// <summary>
    /// The assembly of another build of the product, measured in the baseline's place: what a change costs or brings, in one run.
    /// Null = the hand-written baseline.
    /// </summary>
    public string? Against { get; init; }

    /// <summary>ABBA rounds a cell. Default 5, with <see cref="Quick"/> 2.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Parts to measure. Default all.</summary>
    public IReadOnlyList<string> Parts { get; init; } = AllParts;

    /// <summary>The product's assembly; null = the Release build in this repository.</summary>
    public string? Product { get; init; }

    /// <summary>Where the report goes; null = bench/results/load-DATE.md, or nowhere for a self-check or with <see cref="Against"/>.</summary>
    public string? Out { get; init; }

    /// <summary>Given to the product after the benchmark's own arguments.</summary>
    public IReadOnlyList<string> ProductArguments { get; init; } = [];

    public static readonly IReadOnlyList<string> AllParts = ["latency", "throughput", "stream", "memory"];

    public static RunOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new RunOptions();
        int? rounds = null;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--self-check":
                    options = options with { SelfCheck = true };
                    break;
                case "--against":
                    options = options with { Against = Value(args, ref i) };
                    break;
                case "--rounds":
                    rounds = int.TryParse(Value(args, ref i), NumberStyles.None, provider: null, out var count) && count is >= 1 and <= 100
                        ? count
                        : throw new LoadException("--rounds wants a number from 1 to 100.");
                    break;
                case "--only":
                    var parts = Value(args, ref i).Split(',');
                    options = options with
                    {
                        Parts = parts.All(AllParts.Contains) ? parts : throw new LoadException($"--only takes some of {string.Join(',', AllParts)}."),
                    };
                    break;
                case "--product":
                    options = options with { Product = Value(args, ref i) };
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

        if (options is { SelfCheck: true, Against: not null })
        {
            throw new LoadException("--self-check measures the baseline against itself: leave out --against.");
        }

        return options with { Rounds = rounds ?? (options.Quick ? 2 : 5) };
    }

    public static string Value(ReadOnlySpan<string> args, ref int at) =>
        ++at < args.Length ? args[at] : throw new LoadException($"{args[at - 1]} wants a value. Usage:\n{Usage}");
}
