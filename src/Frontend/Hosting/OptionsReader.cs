using System.Globalization;
using Ensemble.Catalog.Reading;

namespace Ensemble.Frontend.Hosting;

/// <summary>Reads the options out of configuration and collects everything that is wrong with them.</summary>
internal sealed class OptionsReader(IConfiguration configuration)
{
    private static readonly string[] Known = ["Catalog:File", "Limits:MaxBodyBytes", "Limits:MaxRuns", "Limits:DrainSeconds", "Usage:Log"];

    /// <summary>First segments of what the host itself reads from the command line.</summary>
    private static readonly string[] HostKeys =
    [
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "webroot", "Logging", "Kestrel", "AllowedHosts",
    ];

    private readonly List<string> _problems = [];

    /// <exception cref="StartException">Names every option that does not hold, and what it may be.</exception>
    public static FrontendOptions Read(IConfiguration configuration, IReadOnlyList<string> args)
    {
        var reader = new OptionsReader(configuration);
        reader.CheckNames("Catalog");
        reader.CheckNames("Limits");
        reader.CheckNames("Usage");
        reader.CheckArguments(args);
        var defaults = new FrontendOptions();
        var options = new FrontendOptions
        {
            CatalogFile = configuration["Catalog:File"] is { Length: > 0 } file ? file : null,
            MaxBodyBytes = reader.Number("Limits:MaxBodyBytes", defaults.MaxBodyBytes, 1024, 256L * 1024 * 1024),
            MaxRuns = (int)reader.Number("Limits:MaxRuns", defaults.MaxRuns, 1, 100_000),
            Drain = TimeSpan.FromSeconds(reader.Number("Limits:DrainSeconds", (long)defaults.Drain.TotalSeconds, 0, 3600)),
            LogsUsage = reader.Flag("Usage:Log", defaults.LogsUsage),
        };
        return reader._problems.Count == 0 ? options : throw new StartException(string.Join(Environment.NewLine, reader._problems));
    }

    private long Number(string key, long fallback, long least, long most)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        _problems.Add($"option {key}: '{text}' is not a whole number from {least} to {most}. The default is {fallback}.");
        return fallback;
    }

    private bool Flag(string key, bool fallback)
    {
        var text = configuration[key];
        if (string.IsNullOrEmpty(text) || bool.TryParse(text, out fallback))
        {
            return fallback;
        }

        _problems.Add($"option {key}: '{text}' is neither true nor false.");
        return fallback;
    }

    private void CheckNames(string section)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            if (!Known.Contains(child.Path, StringComparer.OrdinalIgnoreCase))
            {
                _problems.Add($"option {child.Path}: there is no such option.{Suggest(child.Path, Known)}");
            }
        }
    }

    private void CheckArguments(IReadOnlyList<string> args)
    {
        foreach (var arg in args)
        {
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                continue;
            }

            var key = arg[2..].Split('=')[0];
            var root = key.Split(':')[0];
            if (!HostKeys.Contains(root, StringComparer.OrdinalIgnoreCase) && !Known.Any(known => known.Split(':')[0].Equals(root, StringComparison.OrdinalIgnoreCase)))
            {
                _problems.Add($"option {key}: there is no such option.{Suggest(key, [.. Known, .. HostKeys])}");
            }
        }
    }

    private static string Suggest(string name, IReadOnlyList<string> known) =>
        " " + NearestName.Advice(name, known, $"Options: {string.Join(", ", Known)}.");
}
