using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ensemble.Upstreams;

/// <summary>
/// Reads how long a provider wants to be left alone. Sources: RFC 9110 §10.2.3, the headers that OpenAI, Anthropic and OpenRouter
/// document, Google's <c>RetryInfo</c>. Every source may give a number of seconds, a duration, or a moment.
/// </summary>
internal static partial class RetryAfter
{
    private const int MaxDepth = 8;

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);

    /// <summary>What the headers say outright.</summary>
    /// <returns>Between zero and a day; null where no header says.</returns>
    public static TimeSpan? Read(HttpResponseHeaders headers, TimeProvider time) =>
        Bounded(Milliseconds(Header(headers, "retry-after-ms") ?? Header(headers, "x-ms-retry-after-ms")) ?? Wait(
            Header(headers, "retry-after"), time));

    /// <summary>When the limits that are used up are free again; worth asking for after a 429 alone.</summary>
    /// <returns>As <see cref="Read(HttpResponseHeaders, TimeProvider)"/>.</returns>
    public static TimeSpan? ReadLimits(HttpResponseHeaders headers, TimeProvider time)
    {
        TimeSpan? wait = null;
        foreach (var (name, values) in headers.NonValidated)
        {
            // A limit of which something is left did not cause the refusal.
            if (IsReset(name) && !(Number(Header(headers, Remaining(name))) > 0))
            {
                wait = Later(wait, Wait(values.FirstOrDefault(), time));
            }
        }

        return Bounded(wait);
    }

    /// <summary>Reads it from the fields of an error, at any depth; of several the longest counts.</summary>
    /// <param name="time">Null = moments are not read.</param>
    /// <returns>As <see cref="Read(HttpResponseHeaders, TimeProvider)"/>.</returns>
    public static TimeSpan? Read(JsonElement error, TimeProvider? time) => Bounded(Fields(error, time, 0));

    /// <summary>Reads it from the words of an error, as "Please retry after 27 seconds", "try again in 7m12s".</summary>
    /// <returns>As <see cref="Read(HttpResponseHeaders, TimeProvider)"/>.</returns>
    public static TimeSpan? Read(string message)
    {
        TimeSpan? wait = null;
        foreach (Match match in DurationPattern().Matches(message))
        {
            wait = Later(wait, Duration(match.Groups["duration"].ValueSpan));
        }

        return Bounded(wait);
    }

    public static TimeSpan? Later(TimeSpan? left, TimeSpan? right) => left is null || right > left ? right : left;

    private static TimeSpan? Fields(JsonElement value, TimeProvider? time, int depth)
    {
        TimeSpan? wait = null;
        if (depth > MaxDepth)
        {
            return wait;
        }

        foreach (var item in value.Items())
        {
            wait = Later(wait, Fields(item, time, depth + 1));
        }

        foreach (var property in value.Members())
        {
            var name = property.NameText().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
            var text = property.Value.ValueKind == JsonValueKind.Number ? property.Value.RawText() : property.Value.Text();
            var said = name.ToUpperInvariant() switch
            {
                "RETRYAFTERMS" or "RETRYAFTERMILLISECONDS" or "RETRYDELAYMS" => Milliseconds(text),
                "RETRYAFTER" or "RETRYAFTERSECONDS" or "RETRYDELAY" or "RETRYIN" or "RETRYAT" or "RESETAT" or "RESETSAT" or "ESTIMATEDTIME"
                    => Wait(text, time),
                _ when IsReset(property.NameText()) => Wait(text, time),
                _ => Fields(property.Value, time, depth + 1),
            };
            wait = Later(wait, said);
        }

        return wait;
    }

    private static bool IsReset(string name) =>
        name.Contains("ratelimit", StringComparison.OrdinalIgnoreCase) && name.Contains("reset", StringComparison.OrdinalIgnoreCase);

    private static string Remaining(string name) => name.Replace("reset", "remaining", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? Bounded(TimeSpan? wait) => wait switch
    {
        null => null,
        { } value when value < TimeSpan.Zero => TimeSpan.Zero,
        { } value when value > MaxDelay => MaxDelay,
        _ => wait,
    };

    private static TimeSpan? Milliseconds(string? text) => Number(text) is { } number ? Seconds(number / 1000) : null;

    /// <summary>Seconds, a duration, or a moment: since 1970 in seconds or milliseconds, an HTTP date, an ISO date.</summary>
    private static TimeSpan? Wait(string? text, TimeProvider? time)
    {
        text = text?.Trim() ?? "";
        var sinceEpoch = time?.GetUtcNow() - DateTimeOffset.UnixEpoch;
        return Number(text) switch
        {
            > 1e11 and { } epoch => Seconds(epoch / 1000) - sinceEpoch,
            > 1e9 and { } epoch => Seconds(epoch) - sinceEpoch,
            { } seconds => Seconds(seconds),
            null => Duration(text)
                ?? (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var moment) ? moment - time?.GetUtcNow() : null),
        };
    }

    /// <summary>
    /// A duration as Go writes it (<c>6m0s</c>, <c>1.5s</c>, <c>20ms</c>), as people do (<c>1 hour and 30 minutes</c>), or by ISO 8601
    /// (<c>PT3S</c>).
    /// </summary>
    private static TimeSpan? Duration(ReadOnlySpan<char> text)
    {
        text = text.TrimStart("Pp").TrimStart("Tt");
        if (text.IsEmpty)
        {
            return null;
        }

        var total = TimeSpan.Zero;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || Number(text[..digits]) is not { } number)
            {
                return null;
            }

            text = text[digits..].TrimStart();
            var next = text.IndexOfAnyExceptInRange('A', 'z');
            if (UnitSeconds(next < 0 ? text : text[..next]) is not { } unit)
            {
                return null;
            }

            total += Seconds(Math.Min(number * unit, 1e6));
            text = next < 0 ? "" : text[next..].TrimStart(" ,");
            text = text.StartsWith("and ", StringComparison.OrdinalIgnoreCase) ? text[4..].TrimStart() : text;
        }

        return total;
    }

    private static double? UnitSeconds(ReadOnlySpan<char> unit)
    {
        Span<char> lower = stackalloc char[12];
        return (unit.Length <= lower.Length ? lower[..Math.Max(0, unit.ToLowerInvariant(lower))] : default) switch
        {
            "ms" or "msec" or "msecs" or "millis" or "millisecond" => 0.001,
            "milliseconds" => 0.001,
            "s" or "sec" or "secs" or "second" or "seconds" => 1,
            "m" or "min" or "mins" or "minute" or "minutes" => 60,
            "h" or "hr" or "hrs" or "hour" or "hours" => 3600,
            "d" or "day" or "days" => 86400,
            _ => null,
        };
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -1e10, 1e10));

    private static double? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>A duration, not more than four words after the word that says what it is for.</summary>
    [GeneratedRegex(
        @"\b(retry|again|wait|available|back|resets?)\W+(\w+\W+){0,4}?(?<duration>(\d{1,9}(\.\d{1,12})? ?(milliseconds?|ms(ecs?)?|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])(,? (and )?)?)+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex DurationPattern();
}
