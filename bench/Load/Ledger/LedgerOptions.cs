using System.Globalization;

namespace Ensemble.Load.Ledger;

/// <summary>What the command line asks of <c>ledger</c>.</summary>
internal sealed record LedgerOptions
{
    /// <summary>Short cells: to see that all works. Its figures are not worth keeping.</summary>
    public bool Quick { get; init; }

    /// <summary>Sub-calls a second into SQLite.</summary>
    public int SqliteRate { get; init; } = 50_000;

    /// <summary>Sub-calls a second into PostgreSQL.</summary>
    public int PostgresRate { get; init; } = 100_000;

    /// <summary>Whether processes are killed as well.</summary>
    public bool HasKills { get; init; } = true;

    /// <summary>The assembly of the product; null = the Release build in this repository.</summary>
    public string? Silo { get; init; }

    /// <summary>Where the report goes; null = bench/results/ledger-DATE.md.</summary>
    public string? Out { get; init; }

    /// <summary>How long events are produced in each cell.</summary>
    public TimeSpan Duration => Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(30);

    /// <summary>How often a process is killed for each durability.</summary>
    public int Kills => Quick ? 1 : 10;

    public static LedgerOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new LedgerOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--sqlite" => options with { SqliteRate = Rate(RunOptions.Value(args, ref i)) },
                "--postgres" => options with { PostgresRate = Rate(RunOptions.Value(args, ref i)) },
                "--no-kills" => options with { HasKills = false },
                "--silo" => options with { Silo = RunOptions.Value(args, ref i) },
                "--out" => options with { Out = RunOptions.Value(args, ref i) },
                var unknown => throw new LoadException($"{unknown} is not known. Usage:\n{RunOptions.Usage}"),
            };
        }

        return options;
    }

    private static int Rate(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
        ? rate
        : throw new LoadException($"'{text}' is no number of sub-calls a second; 0 leaves the database out.");
}
