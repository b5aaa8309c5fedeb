using System.Text.RegularExpressions;
using Ensemble.Frontend.Options;
using Ensemble.Silo.Hosting;
using Ensemble.Silo.Options;
using Ensemble.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ensemble.Deployment.Tests.Support;

/// <summary>What the code says of its options.</summary>
internal static partial class ProductOptions
{
    /// <summary>Every option, as it is named in the environment.</summary>
    public static IReadOnlySet<string> Variables { get; } = NodeConfiguration.Options
        .Select(option => option.Name.Replace(":", "__", StringComparison.Ordinal))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Variables that a node reads besides its options.</summary>
    public static IReadOnlySet<string> PodVariables { get; } = Variable().Matches(Repository.Read("src/Silo/Options/NodeConfiguration.cs"))
        .Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    public static int SiloPort { get; } = new NodeOptions().SiloPort;

    public static int GatewayPort { get; } = new NodeOptions().GatewayPort;

    public static TimeSpan Drain { get; } = new FrontendOptions().Drain;

    /// <summary>How long the host of a process lets a stop last that was started with these options.</summary>
    public static TimeSpan HostLimit(params string[] args)
    {
        var (builder, options, _) = NodeBuilder.Create(args);
        builder.AddFrontend(options);
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }

    [GeneratedRegex("""GetEnvironmentVariable\("(?<name>[^"]*)"\)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
