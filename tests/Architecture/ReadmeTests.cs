using System.Text.RegularExpressions;
using Ensemble.Testing;

namespace Ensemble.Architecture.Tests;

/// <summary>The pages about the code name files that exist.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string[] Sources =
        [.. Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories).Select(static file => file.Replace('\\', '/'))];

    public static TheoryData<string> Pages { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("src"), "README.md", SearchOption.AllDirectories)
            .Select(static page => Path.GetRelativePath(Repository.Top, page))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_OfTheSources_NamesFilesThatExist(string page) => CodeFile().Matches(Repository.Read(page))
        .Select(static match => match.Groups["path"].Value)
        .Where(static path => !Array.Exists(Sources, source => source.EndsWith($"/{path}", StringComparison.Ordinal)))
        .ShouldBeEmpty();

    [GeneratedRegex("`(?<path>[A-Za-z][A-Za-z0-9/.]*\\.cs)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeFile();
}
