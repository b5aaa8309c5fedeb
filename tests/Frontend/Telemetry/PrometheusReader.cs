using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ensemble.Frontend.Tests.Telemetry;

/// <summary>Reads Prometheus' text as strictly as Prometheus does, and demands what it does not: families in order, buckets that add up.</summary>
internal sealed partial class PrometheusReader
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    private PrometheusReader()
    {
    }

    /// <summary>By name and labels, as <c>name{a="1"}</c> with the values unescaped.</summary>
    public Dictionary<string, double> Samples => _samples;

    /// <summary>By the name of a family.</summary>
    public Dictionary<string, string> Types => _types;

    public static PrometheusReader Read(string text)
    {
        var reader = new PrometheusReader();
        text.ShouldEndWith("\n");
        var family = "";
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var name = line.Split(' ')[2];
                string.CompareOrdinal(name, family).ShouldBeGreaterThan(0, $"{name} after {family}");
                family = name;
                reader._types.Add(family, line.Split(' ')[3]);
            }
            else if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                line.Split(' ')[2].ShouldBe(family);
            }
            else
            {
                reader.ReadSample(line, family);
            }
        }

        reader.CheckHistograms();
        return reader;
    }

    private void ReadSample(string line, string family)
    {
        var match = Sample().Match(line);
        match.Success.ShouldBeTrue(line);
        var name = match.Groups["name"].Value;
        name.ShouldStartWith(family);
        var labels = Label().Matches(match.Groups["labels"].Value).Select(label => (Name: label.Groups["name"].Value, Value: Unescape(label.Groups["value"].Value))).ToList();
        labels.Select(label => label.Name).ShouldBeUnique();
        var key = labels.Count == 0 ? name : $"{name}{{{string.Join(',', labels.Select(label => $"{label.Name}=\"{label.Value}\""))}}}";
        var value = match.Groups["value"].Value;
        _samples.Add(key, value == "+Inf" ? double.PositiveInfinity : double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private void CheckHistograms()
    {
        foreach (var (family, _) in _types.Where(type => type.Value == "histogram"))
        {
            foreach (var (series, count) in _samples.Where(sample => sample.Key.StartsWith(family + "_count", StringComparison.Ordinal)).ToList())
            {
                var labels = series[(family.Length + "_count".Length)..].Trim('{', '}');
                var prefix = $"{family}_bucket{{{(labels.Length == 0 ? "" : labels + ",")}le=\"";
                var buckets = _samples.Where(sample => sample.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(sample => sample.Value).ToList();
                buckets.ShouldBe(buckets.Order());
                buckets[^1].ShouldBe(count);
                _samples.ShouldContainKey($"{prefix}+Inf\"}}");
                _samples.ShouldContainKey(family + "_sum" + series[(family.Length + "_count".Length)..]);
            }
        }
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            plain.Append(text[index] != '\\' ? text[index] : text[++index] == 'n' ? '\n' : text[index]);
        }

        return plain.ToString();
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_][a-zA-Z0-9_]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*)\})? (?<value>[-+0-9.eEInf]+|NaN)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\.)*)",?""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
