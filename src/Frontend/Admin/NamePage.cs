using System.Globalization;
using Ensemble.Frontend.Errors;

namespace Ensemble.Frontend.Admin;

/// <summary>Which page of a list a request asks for.</summary>
/// <param name="Limit">Entries of it at most.</param>
/// <param name="After">The name after which it begins; null = at the first.</param>
internal readonly record struct NamePage(int Limit, string? After)
{
    private const int MaxLimit = 1000;
    private const int DefaultLimit = 100;

    /// <summary>What the parameter <c>limit</c> of every list must be.</summary>
    public static readonly string LimitRule = $"must be a whole number from 1 to {MaxLimit}";

    /// <param name="text">The parameter <c>limit</c>; null = it was not sent.</param>
    /// <param name="limit">The usual one where it was not sent.</param>
    public static bool TryReadLimit(string? text, out int limit)
    {
        limit = DefaultLimit;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxLimit);
    }

    /// <summary>Reads the parameters <c>limit</c> and <c>after</c>.</summary>
    public static (NamePage Page, ApiError? Error) Read(IQueryCollection query) =>
        TryReadLimit(Text(query, "limit"), out var limit)
            ? (new NamePage(limit, Text(query, "after")), null)
            : (default, AdminErrors.BadQuery("limit", LimitRule));

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var text) ? text.ToString() : null;
}
