using System.Globalization;
using System.Text.RegularExpressions;
using Ensemble.Frontend.Hosting;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ensemble.Deployment.Tests.Support;

/// <summary>
/// What the code says of its options. A node's own ones are read as text: a reference to the node would make this project one that needs
/// Orleans.
/// </summary>
internal static partial class ProductOptions
{
    private static readonly string ReaderText = Repository.Read("src/Silo/Hosting/NodeOptionsReader.cs");
    private static readonly string NodeText = Repository.Read("src/Silo/Hosting/NodeOptions.cs");

    /// <summary>Every option, as it is named in the environment.</summary>
    public static IReadOnlySet<string> Variables { get; } = OptionsReader.Known.Concat(NodeKnown())
        .Select(option => option.Replace(":", "__", StringComparison.Ordinal))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Variables that a node reads besides its options.</summary>
    public static IReadOnlySet<string> PodVariables { get; } = Variable().Matches(ReaderText).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    public static int SiloPort { get; } = Default("SiloPort");

    public static int GatewayPort { get; } = Default("GatewayPort");

    public static TimeSpan Drain { get; } = new FrontendOptions().Drain;

    /// <summary>How long the host of a process lets a stop last that was started with these options.</summary>
    public static TimeSpan HostLimit(params string[] args)
    {
        var builder = FrontendHost.CreateBuilder(args).Builder;
        builder.UseListeners(OptionsReader.Read(builder.Configuration), FrontendHost.DefaultUrl);
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }

    private static IEnumerable<string> NodeKnown()
    {
        var list = Known().Match(ReaderText).Groups["list"].Value;
        var constants = Constant().Matches(ReaderText).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
        return list.Split(',', StringSplitOptions.TrimEntries).Select(item => item.StartsWith('"') ? item.Trim('"') : constants[item]);
    }

    private static int Default(string property) =>
        int.Parse(Regex.Match(NodeText, $@"int {property} \{{ get; init; \}} = (?<value>\d+);", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["value"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"string\[\] Known =\s*\[(?<list>[^\]]*)\];", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Known();

    [GeneratedRegex("""const string (?<name>\w+) = "(?<value>[^"]*)";""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Constant();

    [GeneratedRegex("""GetEnvironmentVariable\("(?<name>[^"]*)"\)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
