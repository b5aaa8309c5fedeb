using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Ensemble.Upstreams.Http;

/// <summary>Reads how long a provider wants to be left alone. Sources: RFC 9110 §10.2.3, and the headers that OpenAI and OpenRouter document.</summary>
internal static partial class RetryAfter
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <param name="limits">Whether the rate-limit headers count where no header says it outright: only for a 429.</param>
    /// <returns>Between zero and a day; null where no header says.</returns>
    public static TimeSpan? Read(HttpResponseHeaders headers, bool limits, TimeProvider time)
    {
        var wait = Milliseconds(Header(headers, "retry-after-ms")) ?? Standard(headers.RetryAfter, time);
        if (wait is null && limits)
        {
            wait = Later(
                Reset(headers, "-requests", time),
                Later(Reset(headers, "-tokens", time), Reset(headers, "", time)));
        }

        return Bounded(wait);
    }

    /// <summary>Reads it from the words of an error, as Azure OpenAI puts it: "Please retry after 27 seconds."</summary>
    /// <returns>As <see cref="Read(HttpResponseHeaders, bool, TimeProvider)"/>.</returns>
    public static TimeSpan? Read(string message)
    {
        var match = Words().Match(message);
        if (!match.Success || Number(match.Groups["number"].ValueSpan) is not { } number)
        {
            return null;
        }

        return Bounded(Seconds(match.Groups["unit"].Value.ToUpperInvariant() switch
        {
            "MILLISECOND" => number / 1000,
            "MINUTE" => number * 60,
            "HOUR" => number * 3600,
            "DAY" => number * 86400,
            _ => number,
        }));
    }

    private static TimeSpan? Bounded(TimeSpan? wait) => wait switch
    {
        null => null,
        { } value when value < TimeSpan.Zero => TimeSpan.Zero,
        { } value when value > Longest => Longest,
        _ => wait,
    };

    private static TimeSpan? Standard(RetryConditionHeaderValue? value, TimeProvider time) =>
        value?.Delta ?? (value?.Date - time.GetUtcNow());

    private static TimeSpan? Milliseconds(string? text) => Number(text) is { } number ? Seconds(number / 1000) : null;

    // A limit of which something is left did not cause the refusal.
    private static TimeSpan? Reset(HttpResponseHeaders headers, string suffix, TimeProvider time)
    {
        if (Number(Header(headers, "x-ratelimit-remaining" + suffix)) > 0
            || Header(headers, "x-ratelimit-reset" + suffix) is not { } text)
        {
            return null;
        }

        return Number(text) switch
        {
            null => Duration(text),
            > 1e11 and { } epoch => Seconds(epoch / 1000) - (time.GetUtcNow() - DateTimeOffset.UnixEpoch),
            > 1e9 and { } epoch => Seconds(epoch) - (time.GetUtcNow() - DateTimeOffset.UnixEpoch),
            { } seconds => Seconds(seconds),
        };
    }

    /// <summary>A duration as Go writes it: <c>6m0s</c>, <c>1.5s</c>, <c>20ms</c>.</summary>
    private static TimeSpan? Duration(ReadOnlySpan<char> text)
    {
        var total = TimeSpan.Zero;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || Number(text[..digits]) is not { } number)
            {
                return null;
            }

            text = text[digits..];
            var letters = text.IndexOfAnyInRange('0', '9') is var next and >= 0 ? next : text.Length;
            var unit = text[..letters] switch
            {
                "ms" => 0.001,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                "d" => 86400,
                _ => double.NaN,
            };
            if (double.IsNaN(unit))
            {
                return null;
            }

            total += Seconds(Math.Min(number * unit, 1e6));
            text = text[letters..];
        }

        return total;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -1e10, 1e10));

    private static TimeSpan? Later(TimeSpan? left, TimeSpan? right) => left is null || right > left ? right : left;

    private static double? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    [GeneratedRegex(
        @"\bretry after (?<number>\d{1,9}(\.\d{1,9})?) ?(?<unit>millisecond|second|minute|hour|day)s?\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex Words();
}
