using System.Globalization;
using System.Text.RegularExpressions;

namespace Ensemble.Testing;

/// <summary>The statuses and codes of the tables in docs/http-api.md.</summary>
public static partial class DocumentedErrors
{
    private static readonly ILookup<int, string> Codes = Read().ToLookup(row => row.Status, row => row.Code);

    /// <summary>Every code that the tables name.</summary>
    public static IEnumerable<string> All => Codes.SelectMany(static codes => codes).Where(static code => code is not ("null" or "the provider's")).Distinct();

    /// <summary>Whether the tables have that code with that status.</summary>
    public static bool Has(int status, string? code) => Codes[status].Contains(code ?? "null") || (code is not null && Codes[status].Contains("the provider's"));

    private static IEnumerable<(int Status, string Code)> Read()
    {
        var column = -1;
        foreach (var line in Repository.Read("docs/http-api.md").Split('\n'))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 4)
            {
                column = -1;
            }
            else if (Array.IndexOf(cells, "`code`") is > 0 and var found && cells[1] == "Status")
            {
                column = found;
            }
            else if (column > 0 && Number().IsMatch(cells[1]))
            {
                foreach (var status in Number().Matches(cells[1]).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)))
                {
                    foreach (var code in Code().Matches(cells[column]).Select(match => match.Value.Trim('`')))
                    {
                        yield return (status, code);
                    }
                }
            }
        }
    }

    [GeneratedRegex("[0-9]{3}", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("`[a-z_]+`|null|the provider's", RegexOptions.None, 1000)]
    private static partial Regex Code();
}
