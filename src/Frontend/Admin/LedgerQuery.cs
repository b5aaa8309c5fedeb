using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Ensemble.Catalog.Reading;
using Ensemble.Frontend.Errors;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Admin;

/// <summary>Reads the query parameters of the endpoints to the accounts. The first thing that is wrong becomes the answer.</summary>
/// <param name="query">What was sent.</param>
/// <param name="known">Every parameter of the endpoint.</param>
/// <param name="now">Where a range ends if nobody says otherwise.</param>
internal sealed class LedgerQuery(IQueryCollection query, IReadOnlyList<string> known, DateTimeOffset now)
{
    private const int MaxText = 256;
    private const int MaxCursor = 512;

    private const string TimeRule =
        "is a time in ISO 8601 with its offset from UTC, as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00%2B02:00 (a + in a query is a "
        + "blank: write %2B)";

    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Null as long as nothing is wrong.</summary>
    public ApiError? Error { get; private set; }

    /// <summary>Answers a query from the usage records, or with the error of the query or the store.</summary>
    /// <param name="answer">Writes the answer, or gives the error in its place.</param>
    public static async Task AnswerAsync(
        HttpContext context, IReadOnlyList<string> known, DateTimeOffset now, Func<LedgerQuery, Task<ApiError?>> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        var query = new LedgerQuery(context.Request.Query, known, now);
        query.CheckNames();
        ApiError? error;
        try
        {
            error = query.Error ?? await answer(query);
        }
        catch (StorageException exception)
        {
            error = AdminErrors.Unavailable(exception.Message);
        }

        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
        }
    }

    /// <summary>What a name that no parameter has, or that is there twice, leads to.</summary>
    public void CheckNames()
    {
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name))
            {
                Fail(name, $"is not a parameter of this endpoint: {Known(name)}");
            }
            else if (values.Count > 1)
            {
                Fail(name, "is there more than once: send it once");
            }
        }
    }

    /// <param name="length">From its end back to its beginning, where that is not given; null = 24 hours.</param>
    /// <returns>The range; as the cursor has it where neither end is given.</returns>
    public (DateTimeOffset From, DateTimeOffset To) Range(
        (DateTimeOffset From, DateTimeOffset To)? ofCursor = null, bool isUnbounded = false, TimeSpan? length = null)
    {
        if (ofCursor is { } kept && !query.ContainsKey("from") && !query.ContainsKey("to"))
        {
            return kept;
        }

        var to = Time("to") ?? now;
        var from = Time("from") ?? (isUnbounded ? DateTimeOffset.UnixEpoch : to - (length ?? DefaultRange));
        if (from >= to)
        {
            Fail("from", "must be before 'to', which is now where it is left out");
        }

        return (from, to);
    }

    public int Limit()
    {
        if (!NamePage.TryReadLimit(Text("limit"), out var limit))
        {
            Fail("limit", NamePage.LimitRule);
        }

        return limit;
    }

    /// <returns>Null where it was not sent. An empty one stays empty.</returns>
    public string? Text(string name)
    {
        if (!query.TryGetValue(name, out var values))
        {
            return null;
        }

        var text = values.ToString();
        if (text.Length > MaxText)
        {
            Fail(name, $"may have {MaxText} characters");
        }
        else if (text.Contains('\0', StringComparison.Ordinal))
        {
            // PostgreSQL takes no text with it.
            Fail(name, "holds the character U+0000, which no name has");
        }

        return text;
    }

    /// <returns>Null where it was not sent, or is none of the words.</returns>
    public string? Word(string name, IReadOnlyList<string> words) => Word(name, Text(name), words);

    /// <returns>Today's word, also where a former one was sent; null where none was sent, or none of the words.</returns>
    public string? Outcome(OutcomeWords former, IReadOnlyList<string> words) =>
        Word("outcome", Text("outcome") is { } text ? former.Current(text) : null, words);

    private string? Word(string name, string? text, IReadOnlyList<string> words)
    {
        if (text is not null && !words.Contains(text))
        {
            Fail(name, $"must be one of {string.Join(", ", words)}");
        }

        return text;
    }

    public double? Number(string name, double most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        // Not "number > most": the word NaN is a number too.
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= most)
        {
            return number;
        }

        Fail(name, $"must be a number from 0 to {most.ToString(CultureInfo.InvariantCulture)}");
        return null;
    }

    /// <returns>Null where single rows are asked for.</returns>
    public IReadOnlyList<UsageDimension>? GroupBy(IReadOnlyList<UsageDimension> dimensions)
    {
        if (Text("group_by") is not { } text)
        {
            return null;
        }

        var by = new List<UsageDimension>();
        foreach (var word in text.Split(','))
        {
            var index = dimensions.Select(static dimension => SnakeCase.Of(dimension)).ToList().IndexOf(word);
            if (index < 0 || by.Contains(dimensions[index]))
            {
                Fail("group_by", $"must be some of {string.Join(", ", dimensions.Select(static dimension => SnakeCase.Of(dimension)))}, each once, with commas between them");
                break;
            }

            by.Add(dimensions[index]);
        }

        return by;
    }

    /// <summary>What a page before this one gave.</summary>
    /// <returns>Null where it was not sent, or is none.</returns>
    public (DateTimeOffset From, DateTimeOffset To, T After)? Cursor<T>(Func<string, T?> parse)
        where T : class
    {
        if (!query.TryGetValue("cursor", out var values))
        {
            return null;
        }

        if (values.ToString() is { Length: <= MaxCursor } text && Base64Url.IsValid(text)
            && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('.', 3) is [var from, var to, var rest]
            && Milliseconds(from) is { } first && Milliseconds(to) is { } last && parse(rest) is { } after)
        {
            return (first, last, after);
        }

        Fail("cursor", "must be the 'next_cursor' of a page before, as it was");
        return null;
    }

    /// <summary>Where the next page goes on, with the range that holds for all of them.</summary>
    public static string Cursor((DateTimeOffset From, DateTimeOffset To) range, string last) => Base64Url.EncodeToString(
        Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{range.From.ToUnixTimeMilliseconds()}.{range.To.ToUnixTimeMilliseconds()}.{last}")));

    public void Fail(string name, string rule) => Error ??= AdminErrors.BadQuery(name.Length <= MaxText ? name : name[..MaxText], rule);

    /// <summary>The words of an enum, as manifests have them.</summary>
    public static string[] EnumNames<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => SnakeCase.Of(value))];

    private string Known(string name) =>
        NearestName.Of(name, known) is { } nearest ? $"'{nearest}' is near it" : $"there are {string.Join(", ", known)}";

    private DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        // Without an offset it would be read in the time zone of whatever machine runs this.
        var hasOffset = text.EndsWith('Z') || text.AsSpan(Math.Min(text.Length, 11)).ContainsAny('+', '-');
        if (hasOffset && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && time >= DateTimeOffset.UnixEpoch)
        {
            return time;
        }

        Fail(name, TimeRule);
        return null;
    }

    private static DateTimeOffset? Milliseconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && time <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(time)
            : null;
}
