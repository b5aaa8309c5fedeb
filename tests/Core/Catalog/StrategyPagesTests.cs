using System.Text.RegularExpressions;
using Ensemble.Catalog.Reading;
using Ensemble.Testing;

namespace Ensemble.Catalog.Tests;

/// <summary>Each strategy has a page, and each catalog entry that a page shows can be served as it stands.</summary>
public sealed partial class StrategyPagesTests
{
    private static readonly string Folder = Repository.PathOf("docs/strategies");

    /// <summary>The models that the pages' entries name.</summary>
    private const string Models = """
        { "display_name": "small", "provider": "simulated", "family": "a", "price": { "input_per_million": 0.1, "output_per_million": 0.4 } },
        { "display_name": "medium", "provider": "simulated", "family": "b", "price": { "input_per_million": 0.5, "output_per_million": 2 } },
        { "display_name": "large", "provider": "simulated", "family": "c", "price": { "input_per_million": 3, "output_per_million": 12 } },
        { "display_name": "judge", "provider": "simulated", "family": "d", "price": { "input_per_million": 2, "output_per_million": 8 } },
        { "display_name": "vectors", "provider": "simulated", "kind": "embedding", "price": { "input_per_million": 0.02, "output_per_million": 0 } }
        """;

    public static TheoryData<string> Strategies => [.. StrategyRules.Names.Select(strategy => strategy.Name)];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Page_EveryEntryOnIt_IsReadWithoutAWarningAsThatStrategy(string strategy)
    {
        var entries = Snippets(strategy).ToList();

        entries.ShouldNotBeEmpty();
        foreach (var entry in entries)
        {
            var result = CatalogSamples.Read($"{{ \"models\": [ {Models}, {entry} ] }}");
            CatalogReport.Format(result).ShouldBe("no errors, no warnings", entry);
            StrategyRules.NameOf(result.Snapshot!.Ensembles.Values.ShouldHaveSingleItem().Strategy).ShouldBe(strategy);
        }
    }

    [Fact]
    public void Folder_HasOnePageForEachStrategyAndAllAreLinkedFromItsReadme()
    {
        var pages = Directory.GetFiles(Folder, "*.md").Select(Path.GetFileNameWithoutExtension).Where(name => name != "README").ToList();
        var readme = File.ReadAllText(Path.Combine(Folder, "README.md"));

        pages.ShouldBe(StrategyRules.Names.Select(strategy => strategy.Name), ignoreOrder: true);
        pages.ShouldAllBe(page => readme.Contains($"({page}.md)", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Snippets(string page) =>
        Fence().Matches(File.ReadAllText(Path.Combine(Folder, $"{page}.md")).ReplaceLineEndings("\n")).Select(match => match.Groups["text"].Value);

    [GeneratedRegex("^```jsonc?\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Fence();
}
