using Ensemble.Silo.Options;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>The tables of options in docs/configuration.md say what the code says.</summary>
public sealed class ConfigurationPageTests
{
    /// <summary>What depends on the machine, or on other options, is described in words.</summary>
    private static readonly string[] DefaultsInWords = ["Limits:MaxBufferedBytes", "Limits:MaxConnections"];

    /// <summary>What the host reads itself.</summary>
    private static readonly string[] HostOptions =
        ["urls", "Kestrel:Endpoints:NAME:Url", "Logging:LogLevel:CATEGORY", "Logging:Console:FormatterName"];

    private static readonly Dictionary<string, string[]> Rows = Repository.Read("docs/configuration.md").Split('\n')
        .Where(line => line.StartsWith("| `--", StringComparison.Ordinal))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(row => row[0].Trim('`')[2..].Split(' ')[0], StringComparer.Ordinal);

    [Fact]
    public void Rows_OfThePage_AreTheOptionsOfTheCode() =>
        Rows.Keys.Except(HostOptions).ShouldBe(NodeConfiguration.Options.Select(option => option.Name), ignoreOrder: true);

    [Fact]
    public void Rows_OfEachOption_HaveItsVariableDefaultAndValues()
    {
        foreach (var option in NodeConfiguration.Options)
        {
            var (variable, fallback, values) = (Rows[option.Name][1], Rows[option.Name][2], Rows[option.Name][3]);
            variable.ShouldBe($"`{option.Name.Replace(":", "__", StringComparison.Ordinal)}`");
            values.Replace("`", "", StringComparison.Ordinal).ShouldStartWith(option.Values);
            if (option.Default.Length > 0 && !DefaultsInWords.Contains(option.Name))
            {
                fallback.Replace("`", "", StringComparison.Ordinal).Split([' ', ';'])[0].ShouldBe(option.Default, option.Name);
            }
        }
    }
}
