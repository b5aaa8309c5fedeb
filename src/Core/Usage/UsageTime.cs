using System.Globalization;

namespace Ensemble.Usage;

/// <summary>Hours and days of the accounts, as milliseconds since 1970 in UTC.</summary>
public static class UsageTime
{
    public const long Hour = 3_600_000;
    public const long Day = 24 * Hour;

    /// <summary>Ranges up to this long are read call by call, so that they have percentiles: 7 days.</summary>
    public const long Precise = 7 * Day;

    /// <summary>The beginning of the hour or the day.</summary>
    public static long Floor(long time, long unit) => time - (((time % unit) + unit) % unit);

    /// <summary>The first beginning of an hour or a day that is not before.</summary>
    public static long Ceiling(long time, long unit) => Floor(time + unit - 1, unit);

    /// <summary>The key of a group by hours or days.</summary>
    public static string Name(long time, UsageDimension dimension) => DateTimeOffset.FromUnixTimeMilliseconds(time).ToString(
        dimension == UsageDimension.Day ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
