namespace Ensemble.Load.Ledger;

/// <summary>What the command line asks of <c>ledger</c>.</summary>
internal sealed record LedgerOptions
{
    /// <summary>Short cells: to see that all works. Its figures are not worth keeping.</summary>
    public bool Quick { get; init; }

    /// <summary>The product's assembly; null = the Release build in this repository.</summary>
    public string? Product { get; init; }

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
                "--product" => options with { Product = RunOptions.Value(args, ref i) },
                "--out" => options with { Out = RunOptions.Value(args, ref i) },
                var unknown => throw new LoadException($"{unknown} is not known. Usage:\n{RunOptions.Usage}"),
            };
        }

        return options;
    }
}
