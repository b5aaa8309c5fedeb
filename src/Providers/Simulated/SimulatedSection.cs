using System.Text.RegularExpressions;

namespace Ensemble.Providers.Simulated;

/// <summary>Material between two marker lines of a prompt.</summary>
/// <param name="Name">As the markers name it, <c>candidate A</c>.</param>
internal readonly record struct SimulatedSection(string Name, string Text)
{
    private const int MaxFences = 256;
    private const string Start = "<<<";
    private const string End = "end ";

    // Linear in the text, which is a caller's.
    private static readonly Regex Marker = new(
        @"^<<<(?<name>\w{1,32}( \w{1,32}){0,3}) (?<nonce>[^\s>]{1,128})>>>",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
        Regex.InfiniteMatchTimeout);

    /// <returns>In the order of the prompt. What stands inside a fence opens no other.</returns>
    public static List<SimulatedSection> ReadAll(string prompt)
    {
        var fences = new List<SimulatedSection>();
        if (!prompt.Contains(Start, StringComparison.Ordinal))
        {
            return fences;
        }

        var marker = Marker.Match(prompt);
        for (var seen = 0; marker.Success && seen < MaxFences; seen++)
        {
            var name = marker.Groups["name"].Value;
            var start = marker.Index + marker.Length;
            var end = name.StartsWith(End, StringComparison.Ordinal)
                ? -1
                : prompt.IndexOf($"{Start}{End}{name} {marker.Groups["nonce"].ValueSpan}>>>", start, StringComparison.Ordinal);
            if (end >= 0)
            {
                fences.Add(new SimulatedSection(name, prompt[start..end].Trim()));
                start = end;
            }

            marker = Marker.Match(prompt, start);
        }

        return fences;
    }
}
