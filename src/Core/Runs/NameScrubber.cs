using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Ensemble.Catalog;

namespace Ensemble.Runs;

/// <summary>Takes names of models, providers and addresses out of a provider's message before a caller sees it.</summary>
internal static partial class NameScrubber
{
    private const int MaxLength = 500;

    /// <summary>What is looked at: enough for what is shown, and little enough for the patterns.</summary>
    private const int MaxScrubbed = 4 * MaxLength;

    private static readonly ConditionalWeakTable<CatalogSnapshot, Names> Cache = [];

    private static readonly string[] Providers =
    [
        "OpenAI", "Azure", "Anthropic", "Claude", "Google", "Gemini", "Vertex", "DeepSeek", "Mistral", "Groq", "Together", "Fireworks",
        "OpenRouter", "xAI", "Grok", "Cohere", "Moonshot", "Kimi", "Qwen", "Alibaba", "Bedrock", "Amazon", "vLLM", "Ollama", "Cerebras", "Perplexity",
    ];

    /// <param name="keep">The alias that the caller named itself; it stays.</param>
    public static string Scrub(string message, CatalogSnapshot catalog, string keep)
    {
        var text = Address().Replace(Beginning(message), "[address]");
        text = Organization().Replace(text, "[account]");
        text = Cache.GetValue(catalog, static snapshot => new Names(snapshot)).Pattern
            .Replace(text, match => match.Value == keep ? keep : "the model");
        return text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength), "…");
    }

    // Cut between words, so that no half of a name is left.
    private static string Beginning(string message) =>
        message.Length <= MaxScrubbed ? message : message[..Math.Max(0, message.LastIndexOf(' ', MaxScrubbed))] + " …";

    [GeneratedRegex(@"https?://[^\s""'<>)]+|\b[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|ai|net|org|io|dev|cloud|local)\b(/[^\s""'<>)]*)?", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"\b(org|proj|req|user|acct)[-_][A-Za-z0-9]{6,}\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Organization();

    private sealed class Names
    {
        public Names(CatalogSnapshot catalog)
        {
            var names = catalog.Models.Values
                .SelectMany(model => new[] { model.DisplayName, model.Model, model.Family, model.BaseUrl?.Host })
                .Concat(Providers)
                .OfType<string>()
                .Where(name => name.Length > 1)
                .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
                .OrderByDescending(name => name.Length);
            var pattern = new StringBuilder(@"(?<![\w.-])(");
            pattern.AppendJoin('|', names.Select(Regex.Escape));

            // A dated or sized variant of a name (-mini, -2024-08-06) gives it away as well.
            pattern.Append(@")([-.:@/][\w.:-]*\w)?(?![\w])");
            Pattern = new Regex(pattern.ToString(), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }

        public Regex Pattern { get; }
    }
}
