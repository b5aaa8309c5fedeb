using Ensemble.Usage;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads rate limits and cooldowns.</summary>
internal static class LimitsReader
{
    private const int MaxSeconds = 86_400;

    private static readonly string[] RateFields = ["rpm", "tpm", "rpd", "concurrency"];
    private static readonly string[] CooldownFields = ["after_failures", "seconds", "max_seconds"];

    public static RateLimitConfig? ReadRateLimit(ConfigNode node)
    {
        if (node.Object(RateFields) is not { } limits)
        {
            return null;
        }

        var tpm = limits.Integer("tpm", 1, long.MaxValue);
        if (tpm < TokenEstimate.DefaultAnswer)
        {
            limits.Find("tpm")?.Warn(
                $"is less than the {TokenEstimate.DefaultAnswer} tokens that are held for an answer to a request "
                + "without a length limit, so "
                + "that such requests are refused",
                "Raise it, or give the model a smaller max_output_tokens.");
        }

        return new RateLimitConfig
        {
            Rpm = (int?)limits.Integer("rpm", 1, int.MaxValue),
            Tpm = tpm,
            Rpd = (int?)limits.Integer("rpd", 1, int.MaxValue),
            Concurrency = (int?)limits.Integer("concurrency", 1, int.MaxValue),
        };
    }

    public static CooldownConfig ReadCooldown(ConfigNode node)
    {
        if (node.Object(CooldownFields) is not { } cooldown)
        {
            return CooldownConfig.Default;
        }

        var pause = Seconds(cooldown, "seconds") ?? CooldownConfig.Default.Pause;
        var longest = Seconds(cooldown, "max_seconds");
        if (longest < pause)
        {
            cooldown.Error("has max_seconds below seconds", "Raise max_seconds or lower seconds.");
        }

        return new CooldownConfig
        {
            AfterFailures = (int?)cooldown.Integer("after_failures", 1, 1000) ?? CooldownConfig.Default.AfterFailures,
            Pause = pause,
            MaxPause = longest ?? (pause > CooldownConfig.Default.MaxPause ? pause : CooldownConfig.Default.MaxPause),
        };
    }

    private static TimeSpan? Seconds(ConfigObject node, string field) =>
        node.Number(field, 0.001, MaxSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
