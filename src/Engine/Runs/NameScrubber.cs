using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Ensemble.Catalog;

namespace Ensemble.Runs;

/// <summary>
/// Takes names of models, providers, hosts and keys out of a provider's message before a caller sees it. Only whole names go, of which
/// <c>-</c>, <c>.</c>, <c>/</c> and <c>:</c> are a part. A name that could be a word of the language ("together", "large") goes where
/// something says that it is a name: quotes or brackets around it, "model" before it, a version behind it.
/// </summary>
internal static partial class NameScrubber
{
    private const int MaxLength = 500;

    /// <summary>What is looked at: enough for what is shown, and little enough for the patterns.</summary>
    private const int MaxScrubbed = 4 * MaxLength;

    /// <summary>Said of a message that cannot be looked through in time.</summary>
    private const string Unreadable = "The provider refused the request.";

    private static readonly ConditionalWeakTable<CatalogSnapshot, Names> Cache = [];

    /// <summary>Names that are no words.</summary>
    private static readonly string[] Providers =
    [
        "OpenAI", "Azure", "Anthropic", "Claude", "Google", "Gemini", "DeepSeek", "Mistral", "Groq", "OpenRouter", "xAI", "Grok", "Cohere",
        "Moonshot", "Kimi", "Qwen", "Alibaba", "vLLM", "Ollama", "Cerebras",
    ];

    /// <summary>Names that are words too: of a provider where "AI" follows.</summary>
    private const string WordyProviders = @"(?<![\w.-])(together|fireworks|perplexity|amazon|bedrock|vertex)[ .-]ai(?!\w)";

    /// <param name="keep">The alias that the caller named itself; it stays.</param>
    public static string Scrub(string message, CatalogSnapshot catalog, string keep)
    {
        try
        {
            return Scrubbed(message, catalog, keep);
        }
        catch (RegexMatchTimeoutException)
        {
            return Unreadable;
        }
    }

    private static string Scrubbed(string message, CatalogSnapshot catalog, string keep)
    {
        var text = Address().Replace(Beginning(message), "[address]");
        text = Organization().Replace(text, "[account]");
        text = Key().Replace(text, "[key]");
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

    [GeneratedRegex(@"(?<![\w.-])((sk|pk|rk|xai|gsk|nvapi|hf|pplx)[-_]|AIza)[\w*.-]{6,}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Key();

    private sealed class Names
    {
        public Names(CatalogSnapshot catalog)
        {
            var names = catalog.Models.Values
                .SelectMany(model => new[] { model.DisplayName, model.Model, model.Family, model.BaseUrl?.Host, model.ApiKey?.ToString() })
                .OfType<string>()
                .Where(name => name.Length > 1)
                .Except(Providers, StringComparer.OrdinalIgnoreCase)
                .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
                .ToLookup(IsWord);
            const string From = @"(?<![\w.-])";
            const string To = @"(?!\w)";

            // A dated or sized variant of a name (-mini, -2024-08-06) gives it away as well, and so does the vendor before it.
            const string Variant = @"([-.:@/][\w.:-]*\w)?";
            List<string> patterns = [WordyProviders, $@"(?<![\w./-])/*([\w.-]+/+)*({Any(names[false].Concat(Providers))}){Variant}{To}"];
            if (names[true].Any())
            {
                var words = Any(names[true]);
                patterns.Add($@"{From}({words})[-.:@/][\w.:/-]*\d[\w.:-]*{To}");
                patterns.Add($@"(?<=['""`‘“(\[<])({words}){Variant}(?=['""`’”)\]>,])");
                patterns.Add($@"(?<=\b(model|deployment|engine|host|server|provider)s?( is| named| called| name)?[:=]? ?)({words}){Variant}{To}");
            }

            Pattern = new Regex(
                string.Join('|', patterns), RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
                TimeSpan.FromSeconds(1));
        }

        public Regex Pattern { get; }

        private static bool IsWord(string name) => name.All(char.IsLetter);

        private static string Any(IEnumerable<string> names) =>
            string.Join('|', names.OrderByDescending(name => name.Length).Select(name => Regex.Escape(name)));
    }
}
