using System.Globalization;

namespace Ensemble.Catalog;

/// <summary>The names of a panel's members in reports.</summary>
public static class MemberLabels
{
    /// <returns>
    /// A name for each member: the same for members that are asked the same, another for the second of them in one panel.
    /// </returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<PanelMemberConfig> panel)
    {
        var labels = new List<string>(panel.Count);
        foreach (var member in panel)
        {
            var label = member.Model
                + (member.Temperature is { } temperature ? string.Create(CultureInfo.InvariantCulture, $" at {temperature:0.##}") : "")
                + (member.Seed is { } seed ? string.Create(CultureInfo.InvariantCulture, $" seed {seed}") : "")
                + (member.Samples > 1 ? string.Create(CultureInfo.InvariantCulture, $" ×{member.Samples}") : "");
            var before = labels.Count(known => known == label || known.StartsWith($"{label} #", StringComparison.Ordinal));
            labels.Add(before == 0 ? label : $"{label} #{before + 1}");
        }

        return labels;
    }
}
