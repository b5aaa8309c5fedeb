using System.Globalization;
using Ensemble.Catalog.Editing;
using Microsoft.Extensions.Primitives;

namespace Ensemble.Frontend.Admin;

/// <summary>Versions of entries as HTTP has them (RFC 9110 §8.8.3, §13.1): <c>"7"</c>.</summary>
internal static class EntityTags
{
    private const int MaxTags = 32;

    public static string Of(long version) => $"\"{version}\"";

    /// <summary>What a write expects of the entry.</summary>
    /// <returns>The condition, or the header that makes no sense.</returns>
    public static (EditCondition Condition, string? BadHeader) Read(IHeaderDictionary headers, bool mayCreate)
    {
        var condition = EditCondition.None;
        if (headers.IfMatch.Count > 0)
        {
            if (Text(headers.IfMatch) == "*")
            {
                condition = condition with { Present = true };
            }
            else if (Versions(headers.IfMatch) is { } versions)
            {
                condition = condition with { Versions = versions };
            }
            else
            {
                return (condition, "If-Match");
            }
        }

        if (headers.IfNoneMatch.Count > 0)
        {
            if (!mayCreate || Text(headers.IfNoneMatch) != "*")
            {
                return (condition, "If-None-Match");
            }

            condition = condition with { Absent = true };
        }

        return (condition, null);
    }

    /// <summary>Whether the reader has this version already.</summary>
    public static bool IsKnown(StringValues ifNoneMatch, long version) =>
        Text(ifNoneMatch) == "*" || Versions(ifNoneMatch, weak: true)?.Contains(version) == true;

    private static string Text(StringValues header) => header.ToString().Trim();

    /// <returns>Null where it is no list of tags. A tag that was never given stands for no version.</returns>
    private static List<long>? Versions(StringValues header, bool weak = false)
    {
        var versions = new List<long>();
        foreach (var part in Text(header).Split(',', StringSplitOptions.TrimEntries))
        {
            // A weak tag never matches where a write asks (§13.1.1).
            var isWeak = part.StartsWith("W/", StringComparison.Ordinal);
            var tag = isWeak ? part[2..] : part;
            if (tag.Length < 2 || tag[0] != '"' || tag[^1] != '"' || versions.Count >= MaxTags)
            {
                return null;
            }

            var isVersion = long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version);
            versions.Add(isVersion && (weak || !isWeak) ? version : -1);
        }

        return versions;
    }
}
