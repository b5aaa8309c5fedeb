namespace Ensemble.Load.Panel;

/// <summary>What the command line asks of <c>panel</c>.</summary>
internal sealed record PanelOptions
{
    /// <summary>The recorded answers, or a folder that has them; null = looked for.</summary>
    public string? Data { get; init; }

    /// <summary>Names or kinds of subjects; empty = all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The assembly of the product; null = the Release build in this repository.</summary>
    public string? Silo { get; init; }

    /// <summary>Where the report goes beside the console; null = nowhere.</summary>
    public string? Out { get; init; }

    public static PanelOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new PanelOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--data" => options with { Data = RunOptions.Value(args, ref i) },
                "--only" => options with { Only = RunOptions.Value(args, ref i).Split(',') },
                "--silo" => options with { Silo = RunOptions.Value(args, ref i) },
                "--out" => options with { Out = RunOptions.Value(args, ref i) },
                var unknown => throw new LoadException($"{unknown} is not known. Usage:\n{RunOptions.Usage}"),
            };
        }

        return options;
    }
}
