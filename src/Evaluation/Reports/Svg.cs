using System.Globalization;
using System.Net;
using System.Text;

namespace Ensemble.Evaluation.Reports;

/// <summary>Writes one drawing as SVG, to stand in an HTML page.</summary>
/// <param name="label">What it shows, for those who cannot see it.</param>
internal sealed class Svg(double width, double height, string label)
{
    private readonly StringBuilder _body = new();

    public Svg Line(double x1, double y1, double x2, double y2, string css)
    {
        _body.Append($"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" class=\"{css}\"/>");
        return this;
    }

    public Svg Rectangle(double x, double y, double wide, double high, string css, double opacity = 1, string? title = null)
    {
        _body.Append($"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(wide)}\" height=\"{N(high)}\" class=\"{css}\"")
            .Append($" fill-opacity=\"{N(opacity)}\">{Title(title)}</rect>");
        return this;
    }

    public Svg Circle(double x, double y, double radius, string css, string title)
    {
        _body.Append($"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\" class=\"{css}\">{Title(title)}</circle>");
        return this;
    }

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    public Svg Text(double x, double y, string text, string anchor = "start", string css = "")
    {
        _body.Append($"<text x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\"")
            .Append($"{(css.Length == 0 ? "" : $" class=\"{css}\"")}>{WebUtility.HtmlEncode(text)}</text>");
        return this;
    }

    public override string ToString() =>
        $"<svg viewBox=\"0 0 {N(width)} {N(height)}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\">{_body}</svg>";

    private static string Title(string? title) => title is null ? "" : $"<title>{WebUtility.HtmlEncode(title)}</title>";

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
