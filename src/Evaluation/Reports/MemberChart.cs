using Ensemble.Estimates;
using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Reports;

/// <summary>Draws what a vote gains or loses without each member, as bars with intervals.</summary>
internal static class MemberChart
{
    private const double Width = 960;
    private const double Left = 190;
    private const double Right = 150;
    private const double Row = 34;
    private const double Top = 26;

    public static string Draw(PanelReport panel)
    {
        var reach = Math.Max(0.01, panel.Values.Max(static value => Math.Max(Math.Abs(value.Change.Low), Math.Abs(value.Change.High))));
        var height = Top + (panel.Values.Count * Row) + 10;
        var centre = Left + ((Width - Left - Right) / 2);
        double X(double change) => centre + (change / reach * ((Width - Left - Right) / 2));

        var svg = new Svg(Width, height, $"Accuracy of the vote of {panel.Name} without each member")
            .Text(centre - 8, 14, "worse without it", "end", "tick")
            .Text(centre + 8, 14, "better without it", "start", "tick");
        for (var member = 0; member < panel.Values.Count; member++)
        {
            var (value, y) = (panel.Values[member], Top + (member * Row));
            var (from, to) = (Math.Min(X(0), X(value.Change.Value)), Math.Max(X(0), X(value.Change.Value)));
            svg.Text(Left - 10, y + 21, ReportRows.Short(value.Name, 24), "end")
                .Rectangle(
                    from, y + 7, Math.Max(1, to - from), 20, value.Change.Value < 0 ? "loss" : "gain", 0.75,
                    $"without {value.Name}: {Figures.Points(value.Change.Value)} points ({Figures.PointsRange(value.Change)})")
                .Line(X(value.Change.Low), y + 17, X(value.Change.High), y + 17, "whisker")
                .Line(X(value.Change.Low), y + 12, X(value.Change.Low), y + 22, "whisker")
                .Line(X(value.Change.High), y + 12, X(value.Change.High), y + 22, "whisker")
                .Text(Width - Right + 12, y + 21, $"{Figures.Points(value.Change.Value)} points");
        }

        return svg.Line(centre, Top, centre, height - 6, "axis").ToString();
    }
}
