using Ensemble.Estimates;
using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Reports;

/// <summary>Draws how far the errors of each two members correlate, as a heat map.</summary>
internal static class CorrelationChart
{
    private const double Cell = 64;
    private const double High = 40;
    private const double Left = 190;
    private const double Header = 34;

    public static string Draw(PanelReport panel)
    {
        var count = panel.Members.Count;
        var svg = new Svg(
            Math.Max(960, Left + (count * Cell) + 20), Header + (count * High) + 8, $"Correlation of errors in the panel of {panel.Name}");
        for (var member = 0; member < count; member++)
        {
            svg.Text(Left - 10, Header + (member * High) + 24, $"{member + 1}  {ReportRows.Short(panel.Members[member], 24)}", "end")
                .Text(Left + (member * Cell) + (Cell / 2), Header - 10, $"{member + 1}", "middle", "tick")
                .Rectangle(Left + (member * Cell), Header + (member * High), Cell, High, "cell", 0.04);
        }

        foreach (var pair in panel.Pairs)
        {
            Draw(svg, panel, pair, pair.First, pair.Second);
            Draw(svg, panel, pair, pair.Second, pair.First);
        }

        return svg.ToString();
    }

    private static void Draw(Svg svg, PanelReport panel, PairReport pair, int row, int column)
    {
        var (x, y) = (Left + (column * Cell), Header + (row * High));
        var names = $"{panel.Members[row]} and {panel.Members[column]}";
        if (pair.Phi is not { } phi)
        {
            svg.Rectangle(x, y, Cell, High, "cell", 0.04, $"{names}: none, one of them is always or never right")
                .Text(x + (Cell / 2), y + 25, "–", "middle", "tick");
            return;
        }

        svg.Rectangle(
                x, y, Cell, High, $"cell {(phi.Value >= 0 ? "hot" : "cold")}", 0.08 + (0.6 * Math.Min(1, Math.Abs(phi.Value))),
                $"{names}: {Figures.WithSign(phi.Value)} ({Figures.WithSign(phi.Low)} … {Figures.WithSign(phi.High)})")
            .Text(x + (Cell / 2), y + 25, Figures.WithSign(phi.Value), "middle");
    }
}
