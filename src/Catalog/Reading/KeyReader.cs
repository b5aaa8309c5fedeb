using System.Buffers;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads a caller's key. A key in clear is hashed at once, and no message shows it.</summary>
/// <param name="draft">What the key is part of.</param>
/// <param name="unpriced">Aliases that lead to calls without a price.</param>
internal sealed class KeyReader(CatalogDraft draft, IReadOnlyCollection<string> unpriced)
{
    private const int MinKeyLength = 16;
    private const int MaxKeyLength = 512;
    private const int MaxGlobs = 1000;
    private const int MaxCheckedGlobs = 1000;
    private const int MaxCheckedAliases = 200;
    private const int MaxNamed = 3;
    private const decimal MaxBudgetUsd = 1_000_000_000m;

    private static readonly string[] Fields =
    [
        "name", "key", "key_sha256", "allowed_models", "expires_at", "disabled", "read_manifests", "rate_limit", "monthly_budget_usd",
    ];

    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string> _hashes = [];
    private readonly Dictionary<string, bool> _matches = [];

    public KeyConfig? Read(ConfigNode node)
    {
        if (node.Object(Fields) is not { } key)
        {
            return null;
        }

        var name = ReadName(key);
        var hash = ReadHash(key);
        var allowed = key.Find("allowed_models") is { } globs ? ReadGlobs(globs) : ["*"];
        var config = new KeyConfig
        {
            Name = name ?? "",
            Sha256 = hash ?? new byte[SHA256.HashSizeInBytes],
            AllowedModels = allowed,
            RateLimit = key.Find("rate_limit") is { } limits ? LimitsReader.ReadRateLimit(limits) : null,
            MonthlyBudgetUsd = key.Find("monthly_budget_usd") is { } budget ? ReadBudget(budget, allowed) : null,
            ExpiresAt = key.Find("expires_at") is { } expiry ? ReadExpiry(expiry) : null,

            // A key whose secret is not there stays in the list, so that the catalog does not look open, but nobody can use it.
            Disabled = (key.Flag("disabled") ?? false) || hash is null,
            ReadManifests = key.Flag("read_manifests") ?? false,
        };
        return name is null ? null : config;
    }

    private string? ReadName(ConfigObject key)
    {
        var node = key.Require("name", "Give the name by which logs and usage call it.");
        var name = node?.Name(DisplayName.MaxLength);
        if (name is not null && !_names.TryAdd(name, key.Path))
        {
            node!.Value.Error($"is used twice: {_names[name]} has it too", "Rename one of them.");
        }

        return name;
    }

    private byte[]? ReadHash(ConfigObject key)
    {
        var (clear, hashed) = (key.Find("key"), key.Find("key_sha256"));
        if (clear is null == hashed is null)
        {
            key.Error(clear is null ? "has neither key nor key_sha256" : "has both key and key_sha256", "Give exactly one of them.");
            return null;
        }

        var node = (clear ?? hashed)!.Value.Hidden();
        var hash = clear is null ? ReadHex(node) : HashKey(node);
        if (hash is not null && !_hashes.TryAdd(Convert.ToHexString(hash), key.Path))
        {
            node.Error($"is the same key as that of {_hashes[Convert.ToHexString(hash)]}", "Give each caller its own.");
        }

        return hash;
    }

    private static byte[]? ReadHex(ConfigNode node)
    {
        if (node.Text(MaxKeyLength) is not { } text)
        {
            return null;
        }

        var hash = new byte[SHA256.HashSizeInBytes];
        if (text.Length == 2 * hash.Length && Convert.FromHexString(text, hash, out _, out _) == OperationStatus.Done)
        {
            return hash;
        }

        node.Error("is not a SHA-256 of 64 hexadecimal digits", "Write the digest of the key's UTF-8 bytes, as sha256sum prints it.");
        return null;
    }

    private byte[]? HashKey(ConfigNode node)
    {
        if (node.Text(1024) is not { } text)
        {
            return null;
        }

        if (SecretReferenceReader.OtherSyntax(text) is { } fix)
        {
            node.Error(SecretReferenceReader.OtherSyntaxRule, fix);
            return null;
        }

        if (SecretReferenceReader.IsReference(text))
        {
            if (SecretReferenceReader.Read(node, draft.Origin) is not { } reference)
            {
                return null;
            }

            draft.AddKeyReference(reference);
            var problem = "secrets are not looked up here";
            if (draft.Secrets?.TryResolve(reference, out text, out problem) != true)
            {
                node.Warn($"cannot be used now, so the key is disabled: {problem}", "Provide the secret.");
                return null;
            }
        }

        if (text!.Length is < MinKeyLength or > MaxKeyLength)
        {
            node.Error($"must have from {MinKeyLength} to {MaxKeyLength} characters", "Use a long random key.");
        }
        else if (text.Any(c => c is <= ' ' or > '~'))
        {
            node.Error("has characters that no Authorization header carries", "Use printable ASCII without blanks.");
        }
        else
        {
            return SHA256.HashData(Encoding.UTF8.GetBytes(text));
        }

        return null;
    }

    private List<string> ReadGlobs(ConfigNode node)
    {
        var globs = new List<string>();
        foreach (var item in node.Items(1, MaxGlobs, "patterns") ?? [])
        {
            if (item.Text(DisplayName.MaxLength) is not { } glob)
            {
                continue;
            }

            if (!DisplayName.IsGlob(glob))
            {
                item.Error("has characters other than those of aliases and * and ?", "Write an alias, or a pattern such as \"gpt-*\".");
            }
            else if (!MatchesAnAlias(glob))
            {
                item.Warn("matches no alias of this catalog", NearestName.Advice(
                    glob, draft.Aliases.Keys, "Correct it, or add the model."));
            }

            globs.Add(glob);
        }

        return globs;
    }

    /// <summary>Each distinct glob is tried once, and no more than a bounded number of them: it is only for a warning.</summary>
    private bool MatchesAnAlias(string glob)
    {
        if (draft.Aliases.ContainsKey(glob))
        {
            return true;
        }

        if (!_matches.TryGetValue(glob, out var matches))
        {
            matches = _matches.Count >= MaxCheckedGlobs
                || draft.Aliases.Keys.Any(alias => FileSystemName.MatchesSimpleExpression(glob, alias, ignoreCase: false));
            _matches[glob] = matches;
        }

        return matches;
    }

    private decimal? ReadBudget(ConfigNode node, IReadOnlyList<string> allowed)
    {
        var budget = node.Amount(MaxBudgetUsd);
        if (budget == 0)
        {
            node.Error("must be above 0", "Give what the key may cost a month, in USD, or disable the key.");
        }

        var free = unpriced.Take(MaxCheckedAliases)
            .Where(alias => allowed.Any(glob => FileSystemName.MatchesSimpleExpression(glob, alias, ignoreCase: false)))
            .Take(MaxNamed + 1).ToList();
        if (free.Count > 0)
        {
            var more = free.Count > MaxNamed ? " and others" : "";
            node.Warn(
                $"does not count every call: there are models without a price behind {string.Join(", ", free.Take(MaxNamed).Select(ConfigText.Quote))}{more}",
                "Give every model that the key leads to a \"price\", 0 where it is free.");
        }

        return budget;
    }

    private static DateTimeOffset? ReadExpiry(ConfigNode node)
    {
        const string Fix = "Write it as \"2030-01-31T12:00:00Z\" or \"2030-01-31T12:00:00+02:00\".";
        if (node.Text(64) is not { } text)
        {
            return null;
        }

        if (!node.Element.TryGetDateTimeOffset(out var expiry))
        {
            node.Error("is not an ISO 8601 date and time", Fix);
            return null;
        }

        // Without an offset it would be read in the time zone of whatever machine runs this.
        if (text[^1] != 'Z' && !text.AsSpan(text.IndexOf('T', StringComparison.Ordinal) + 1).ContainsAny('+', '-')
            || !text.Contains('T', StringComparison.Ordinal))
        {
            node.Error("has no offset from UTC", Fix);
            return null;
        }

        return expiry;
    }
}
