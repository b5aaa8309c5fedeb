using System.Globalization;
using System.Text;
using Ensemble.Gates;

namespace Ensemble.Frontend.Limits;

/// <summary>Says what is left of a caller's limits, in the headers that OpenAI's API has for it.</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, GateQuotas quotas)
    {
        Write(headers, "requests", quotas.Requests);
        Write(headers, "tokens", quotas.Tokens);
    }

    /// <summary>A span of time as OpenAI writes it: <c>120ms</c>, <c>1s</c>, <c>6m0s</c>, <c>1h2m3s</c>.</summary>
    public static string Format(TimeSpan time)
    {
        if (time < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Ceiling(time.TotalMilliseconds))}ms");
        }

        var seconds = (long)Math.Ceiling(time.TotalSeconds);
        var text = new StringBuilder();
        if (seconds >= 3600)
        {
            text.Append(CultureInfo.InvariantCulture, $"{seconds / 3600}h");
        }

        if (seconds >= 60)
        {
            text.Append(CultureInfo.InvariantCulture, $"{seconds / 60 % 60}m");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{seconds % 60}s").ToString();
    }

    private static void Write(IHeaderDictionary headers, string kind, GateQuota? quota)
    {
        if (quota is { } left)
        {
            headers[$"x-ratelimit-limit-{kind}"] = left.Limit.ToString(CultureInfo.InvariantCulture);
            headers[$"x-ratelimit-remaining-{kind}"] = left.Remaining.ToString(CultureInfo.InvariantCulture);
            headers[$"x-ratelimit-reset-{kind}"] = Format(left.Reset);
        }
    }
}
