namespace Ensemble.Frontend.Hosting;

/// <summary>Something that the program does instead of serving.</summary>
/// <param name="Name">One word, or several with blanks between them.</param>
/// <param name="Operand">What it is about, as <c>FILE</c>: one word after the name. Null = options follow.</param>
/// <param name="Summary">For the help.</param>
/// <param name="RunAsync">Takes the arguments after the name, and gives the exit code.</param>
/// <param name="Flags">What may follow the operand, for the help, beside the options that every command has; null = nothing may.</param>
internal sealed record Command(string Name, string? Operand, string Summary, Func<string[], Task<int>> RunAsync, string? Flags = null)
{
    /// <summary>What its own help says; null = its usage and <see cref="Summary"/>.</summary>
    public string? Help { get; init; }

    public string Usage => Operand is null ? Name : Flags is null ? $"{Name} {Operand}" : $"{Name} {Operand} {Flags}";

    /// <summary>Whether the command can be run with what follows its name. A path may begin as an option does.</summary>
    public bool AcceptsOperands(string[] rest) => Operand is null ? rest is not [var more, ..] || !CommandLine.IsWord(more)
        : Flags is null ? rest.Length == 1
        : rest is [_] || (rest is [_, var flag, ..] && !CommandLine.IsWord(flag));

    /// <summary>Whether a command line begins with the name.</summary>
    public bool Matches(IReadOnlyList<string> args)
    {
        var words = Name.Split(' ');
        return args.Take(words.Length).SequenceEqual(words, StringComparer.Ordinal);
    }
}
