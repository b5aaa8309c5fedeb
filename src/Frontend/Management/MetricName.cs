using System.Text;

namespace Ensemble.Frontend.Management;

/// <summary>Names of instruments as Prometheus wants them, by OpenTelemetry's rules for that.</summary>
internal static class MetricName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["min"] = "minutes",
        ["h"] = "hours",
        ["d"] = "days",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["%"] = "percent",
        ["USD"] = "usd",
    };

    /// <returns>The unit's word; null for none, and for what is only counted, as <c>{run}</c>.</returns>
    public static string? Unit(string? unit, MetricKind kind) =>
        unit is null or "" || unit.StartsWith('{') ? null
        : unit == "1" ? kind == MetricKind.Gauge ? "ratio" : null
        : Units.GetValueOrDefault(unit) ?? Clean(unit);

    public static string Of(string instrument, string? unit, MetricKind kind)
    {
        var name = Clean(instrument);
        if (unit is not null && !name.EndsWith("_" + unit, StringComparison.Ordinal))
        {
            name = $"{name}_{unit}";
        }

        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>Letters, digits and single underscores, no digit first.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length + 1);
        foreach (var character in text)
        {
            var known = char.IsAsciiLetterOrDigit(character) ? character : '_';
            if (known != '_' || clean.Length == 0 || clean[^1] != '_')
            {
                clean.Append(known);
            }
        }

        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? "_" + clean : clean.ToString();
    }
}
