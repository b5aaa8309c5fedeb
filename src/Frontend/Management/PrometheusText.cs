using System.Globalization;
using System.Text;

namespace Ensemble.Frontend.Management;

/// <summary>Writes metrics in Prometheus' text format. Source: prometheus.io, "Exposition formats", version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(MetricStore store)
    {
        var text = new StringBuilder(16 * 1024);
        store.Read((metrics, round) =>
        {
            foreach (var metric in metrics)
            {
                Write(text, metric, round);
            }
        });
        return text.ToString();
    }

    private static void Write(StringBuilder text, Metric metric, long round)
    {
        var begun = false;
        foreach (var (labels, series) in metric.Series)
        {
            if (metric.IsObserved && !series.WasObservedIn(round))
            {
                continue;
            }

            if (!begun)
            {
                begun = true;
                WriteHead(text, metric);
            }

            var (value, counts) = series.Read();
            if (counts is null)
            {
                WriteSample(text, metric.Name, "", labels, value);
            }
            else
            {
                WriteHistogram(text, metric, labels, value, counts);
            }
        }
    }

    private static void WriteHead(StringBuilder text, Metric metric)
    {
        text.Append("# HELP ").Append(metric.Name).Append(' ')
            .Append(metric.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('\n');
        text.Append("# TYPE ").Append(metric.Name).Append(' ').Append(metric.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        }).Append('\n');

        // A comment to a reader of this version, and more than that to one of OpenMetrics.
        if (metric.Unit is { } unit)
        {
            text.Append("# UNIT ").Append(metric.Name).Append(' ').Append(unit).Append('\n');
        }
    }

    private static void WriteHistogram(StringBuilder text, Metric metric, string labels, double sum, long[] counts)
    {
        long total = 0;
        for (var index = 0; index < counts.Length; index++)
        {
            total += counts[index];
            var bound = index < metric.Bounds!.Length ? Number(metric.Bounds[index]) : "+Inf";
            WriteSample(text, metric.Name, "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", total);
        }

        WriteSample(text, metric.Name, "_sum", labels, sum);
        WriteSample(text, metric.Name, "_count", labels, total);
    }

    private static void WriteSample(StringBuilder text, string name, string suffix, string labels, double value)
    {
        text.Append(name).Append(suffix);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
