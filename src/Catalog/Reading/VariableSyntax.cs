namespace Ensemble.Catalog.Reading;

/// <summary>
/// Recognizes how other programs name an environment variable: <c>${X}</c>, <c>$X</c>, <c>%X%</c>, <c>{{ env "X" }}</c>,
/// <c>os.environ/X</c>, <c>process.env.X</c> and the like. Told by structure: one name, in marks or after words for "environment".
/// </summary>
internal static class VariableSyntax
{
    private const int MaxLength = 256;

    private const string Marks = "${}()[]<>%'\"!:./ ";

    private static readonly string[] Sources =
        ["env", "environ", "environment", "getenv", "get", "os", "process", "sys", "var", "vars", "secret", "secrets", "import", "meta"];

    /// <returns>The variable's name; null where the text names none in such a way. It may be shown: it is no secret by its form.</returns>
    public static string? NameIn(string text)
    {
        var plain = text.AsSpan().Trim();
        if (plain.Length is 0 or > MaxLength)
        {
            return null;
        }

        // A shell's default: ${NAME:-value}.
        if (plain.StartsWith("${") && plain.IndexOf(":-", StringComparison.Ordinal) is > 0 and var end)
        {
            plain = plain[..end];
        }

        string? name = null;
        var hasSource = false;
        foreach (var range in plain.SplitAny(Marks))
        {
            var word = plain[range];
            if (word.IsEmpty)
            {
                continue;
            }

            if (name is not null)
            {
                if (!Array.Exists(Sources, source => source.Equals(name, StringComparison.OrdinalIgnoreCase)))
                {
                    return null;
                }

                hasSource = true;
            }

            name = word.ToString();
        }

        return name is not null && IsName(name) && (IsBraced(plain) || (IsUpper(name) && (hasSource || IsMarked(plain)))) ? name : null;
    }

    private static bool IsBraced(ReadOnlySpan<char> text) => text.StartsWith("${") || text.StartsWith("{{") || text.StartsWith("$(");

    private static bool IsMarked(ReadOnlySpan<char> text) => text[0] is '$' or '<' || (text[0] == '%' && text[^1] == '%');

    private static bool IsName(string name) => !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsUpper(string name) => !name.Any(char.IsAsciiLetterLower);
}
