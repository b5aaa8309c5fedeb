using System.Globalization;
using Ensemble.Estimates;
using Ensemble.Evaluation.Analysis;
using Ensemble.Evaluation.Running;

namespace Ensemble.Evaluation.Reports;

/// <summary>Draws accuracy, with its interval, against cost; against calls where costs are not known.</summary>
internal static class CostChart
{
    private const double Width = 960;
    private const double Height = 440;
    private const double Left = 56;
    private const double Right = 190;
    private const double Top = 16;
    private const double Bottom = 48;
    private const double LineHeight = 15;
    private const double LetterWidth = 6.6;
    private const int MaxShifts = 24;

    public static string Draw(EvaluationReport report)
    {
        var hasCosts = report.Subjects.All(static subject => subject.CostPerThousand is > 0);
        var points = report.Subjects.Select(subject => (
            Subject: subject,
            Value: hasCosts ? (double)subject.CostPerThousand!.Value : Math.Max(0.01, subject.CallsPerQuestion))).ToList();
        var (min, max) = (points.Min(static point => point.Value) / 1.5, points.Max(static point => point.Value) * 1.5);
        var low = Math.Floor(Math.Max(0, report.Subjects.Min(static subject => subject.Accuracy.Low)) * 20) / 20;
        var high = Math.Min(1, Math.Ceiling(report.Subjects.Max(static subject => subject.Accuracy.High) * 20) / 20);
        double X(double value) => Left + (Math.Log(value / min) / Math.Log(max / min) * (Width - Left - Right));
        double Y(double share) => Top + ((high - share) / Math.Max(0.05, high - low) * (Height - Top - Bottom));

        var svg = new Svg(Width, Height, $"Accuracy against {(hasCosts ? "cost" : "calls")} of {points.Count} subjects");
        Axes(svg, low, high, Y);
        foreach (var value in Ticks(min, max))
        {
            var text = hasCosts ? Figures.Usd((decimal)value) : value.ToString("0.##", CultureInfo.InvariantCulture);
            svg.Line(X(value), Height - Bottom, X(value), Height - Bottom + 5, "axis")
                .Text(X(value), Height - Bottom + 19, text, "middle", "tick");
        }

        svg.Text(
            Width - Right, Height - 6, $"{(hasCosts ? "US dollars for 1,000 questions" : "calls a question")}, logarithmic", "end", "tick");
        var best = report.Subjects.First(subject => subject.Name == report.BestSingle);
        svg.Line(Left, Y(best.Accuracy.Value), Width - Right, Y(best.Accuracy.Value), "reference");
        var taken = points.ConvertAll(point => (X(point.Value) - 7, X(point.Value) + 7, Y(point.Subject.Accuracy.Value)));
        foreach (var (subject, value) in points.OrderBy(point => Y(point.Subject.Accuracy.Value)))
        {
            var (x, y, css) = (X(value), Y(subject.Accuracy.Value), CssOf(subject.Kind));
            svg.Line(x, Y(subject.Accuracy.Low), x, Y(subject.Accuracy.High), css)
                .Circle(x, y, subject.Kind == SubjectKind.Ensemble ? 6 : 4.5, css,
                    $"{subject.Name}: {Figures.Percent(subject.Accuracy.Value)} ({Figures.Range(subject.Accuracy)})");
            Label(svg, subject.Name, x, y, taken);
        }

        return svg.ToString();
    }

    public static string CssOf(SubjectKind kind) => kind switch
    {
        SubjectKind.Single => "single",
        SubjectKind.Self => "self",
        _ => "ensemble",
    };

    private static void Axes(Svg svg, double low, double high, Func<double, double> y)
    {
        svg.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        var step = high - low > 0.5 ? 0.1 : 0.05;
        for (var share = low; share <= high + 1e-9; share += step)
        {
            svg.Line(Left, y(share), Width - Right, y(share), "axis")
                .Text(Left - 8, y(share) + 4, $"{(share * 100).ToString("0", CultureInfo.InvariantCulture)} %", "end", "tick");
        }
    }

    /// <summary>Beside its point, or as near as there is room.</summary>
    /// <param name="taken">Places of points and of labels before.</param>
    private static void Label(Svg svg, string name, double x, double y, List<(double Left, double Right, double Y)> taken)
    {
        var text = ReportRows.Short(name, 26);
        var (left, right) = (x + 12, x + 16 + (text.Length * LetterWidth));
        var shift = Enumerable.Range(0, MaxShifts).Select(static step => (step % 2 == 0 ? -1 : 1) * ((step + 1) / 2) * LineHeight / 2)
            .FirstOrDefault(
                shift => !taken.Exists(other => other.Left < right && other.Right > left && Math.Abs(other.Y - y - shift) < LineHeight));
        taken.Add((left, right, y + shift));
        if (shift != 0)
        {
            svg.Line(x, y, left - 2, y + shift, "leader");
        }

        svg.Text(left, y + shift + 4, text);
    }

    private static IEnumerable<double> Ticks(double min, double max)
    {
        for (var power = Math.Floor(Math.Log10(min)); power <= Math.Ceiling(Math.Log10(max)); power++)
        {
            foreach (var factor in max / min > 100 ? new[] { 1.0 } : [1.0, 2.0, 5.0])
            {
                var value = factor * Math.Pow(10, power);
                if (value >= min && value <= max)
                {
                    yield return value;
                }
            }
        }
    }
}
