namespace Ensemble.Frontend.Hosting;

/// <summary>Something that the program does instead of serving.</summary>
/// <param name="Name">One word, or several with blanks between them.</param>
/// <param name="Operand">What it is about, as <c>FILE</c>: one word after the name. Null = options follow.</param>
/// <param name="Summary">For the help.</param>
/// <param name="RunAsync">Takes the arguments after the name, and gives the exit code.</param>
internal sealed record Command(string Name, string? Operand, string Summary, Func<string[], Task<int>> RunAsync)
{
    public string Usage => Operand is null ? Name : $"{Name} {Operand}";

    /// <summary>Whether a command line begins with the name.</summary>
    public bool Fits(IReadOnlyList<string> args)
    {
        var words = Name.Split(' ');
        return args.Take(words.Length).SequenceEqual(words, StringComparer.Ordinal);
    }
}
