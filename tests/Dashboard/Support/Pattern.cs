using System.Text.RegularExpressions;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>Regular expressions for expectations of the browser.</summary>
internal static class Pattern
{
    public static Regex Of([System.Diagnostics.CodeAnalysis.StringSyntax("Regex")] string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
}
