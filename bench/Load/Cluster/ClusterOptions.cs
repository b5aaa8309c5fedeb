using System.Globalization;

namespace Ensemble.Load.Cluster;

/// <summary>What the command line asks of <c>cluster</c>.</summary>
internal sealed record ClusterOptions
{
    /// <summary>One short round: to see that all works. Its figures are not worth keeping.</summary>
    public bool Quick { get; init; }

    /// <summary>Rounds a cell. Default 5, with <see cref="Quick"/> 1.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>The assembly of all nodes; null = the Release build in this repository.</summary>
    public string? Silo { get; init; }

    /// <summary>Where the report goes; null = bench/results/cluster-DATE.md.</summary>
    public string? Out { get; init; }

    public static ClusterOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new ClusterOptions();
        int? rounds = null;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--rounds":
                    rounds = int.TryParse(RunOptions.Value(args, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 100
                        ? count
                        : throw new LoadException("--rounds wants a number from 1 to 100.");
                    break;
                case "--silo":
                    options = options with { Silo = RunOptions.Value(args, ref i) };
                    break;
                case "--out":
                    options = options with { Out = RunOptions.Value(args, ref i) };
                    break;
                default:
                    throw new LoadException($"{args[i]} is not known. Usage:\n{RunOptions.Usage}");
            }
        }

        return options with { Rounds = rounds ?? (options.Quick ? 1 : 5) };
    }
}
