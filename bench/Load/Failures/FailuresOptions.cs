namespace Ensemble.Load.Failures;

/// <summary>What the command line asks of <c>failures</c>.</summary>
internal sealed record FailuresOptions
{
    /// <summary>Less load before and after each event: to see that all works. Its figures are not worth keeping.</summary>
    public bool Quick { get; init; }

    /// <summary>Names of cases, as <see cref="FailureCases.All"/> has them. Default all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The assembly of the nodes; null = the Release build in this repository.</summary>
    public string? Silo { get; init; }

    /// <summary>Where the nodes' output is kept, a folder a case; null = nowhere.</summary>
    public string? Logs { get; init; }

    /// <summary>Where the report goes; null = bench/results/failures-DATE.md.</summary>
    public string? Out { get; init; }

    public IReadOnlyList<FailureCase> Cases => Only.Count == 0 ? FailureCases.All : [.. FailureCases.All.Where(one => Only.Contains(one.Name))];

    public static FailuresOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new FailuresOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--only" => options with { Only = ReadNames(RunOptions.Value(args, ref i)) },
                "--silo" => options with { Silo = RunOptions.Value(args, ref i) },
                "--logs" => options with { Logs = Path.GetFullPath(RunOptions.Value(args, ref i)) },
                "--out" => options with { Out = RunOptions.Value(args, ref i) },
                _ => throw new LoadException($"{args[i]} is not known. Usage:\n{RunOptions.Usage}"),
            };
        }

        return options;
    }

    private static string[] ReadNames(string text)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = names.FirstOrDefault(name => FailureCases.All.All(one => one.Name != name));
        return unknown is null && names.Length > 0
            ? names
            : throw new LoadException($"--only: '{unknown}' is none. There are {string.Join(", ", FailureCases.All.Select(one => one.Name))}.");
    }
}
