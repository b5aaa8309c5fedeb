using System.Data.Common;
using System.Globalization;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>Pieces of statements over the accounts, which both databases understand.</summary>
internal static class UsageSql
{
    /// <summary>What is summed of a sub-call, in the columns of <c>usage_days</c>.</summary>
    public static readonly string Sums = string.Join(
        ", ",
        "1 AS calls",
        $"{Tokens("prompt_tokens", UsageSource.Reported)} AS prompt_tokens",
        $"{Tokens("completion_tokens", UsageSource.Reported)} AS completion_tokens",
        $"{Tokens("prompt_tokens", UsageSource.Estimated)} AS estimated_prompt_tokens",
        $"{Tokens("completion_tokens", UsageSource.Estimated)} AS estimated_completion_tokens",
        $"{Bounded("cost_nano_usd")} AS cost_nano_usd",
        "CASE WHEN cost_nano_usd IS NULL THEN 1 ELSE 0 END AS unpriced_calls",
        "total_ms",
        $"{Tokens("cached_tokens", UsageSource.Reported)} AS cached_tokens",
        $"{Tokens("cache_write_tokens", UsageSource.Reported)} AS cache_write_tokens",
        $"{Tokens("reasoning_tokens", UsageSource.Reported)} AS reasoning_tokens");

    /// <summary>The columns of <see cref="Sums"/>.</summary>
    public static readonly string[] SumColumns =
    [
        "calls", "prompt_tokens", "completion_tokens", "estimated_prompt_tokens", "estimated_completion_tokens", "cost_nano_usd",
        "unpriced_calls", "total_ms", "cached_tokens", "cache_write_tokens", "reasoning_tokens",
    ];

    /// <summary>What sub-calls are told apart by.</summary>
    public const string Facts = "ensemble, model, role, caller, outcome";

    /// <summary>The same, with today's words for outcomes.</summary>
    public static readonly string CurrentFacts = $"ensemble, model, role, caller, {Outcome(OutcomeWords.Calls)} AS outcome";

    /// <summary>Numbers of outcomes that are no failures.</summary>
    public static readonly string NonFailures =
        $"{Id(EnumNames<CallOutcome>.Of(CallOutcome.Ok))}, {Id(EnumNames<CallOutcome>.Of(CallOutcome.Cancelled))}";

    /// <summary>What goes of a day's sum into other sums, where that is larger: a million dollars, 10^15 tokens.</summary>
    private const long MaxDaySum = 1_000_000_000_000_000;

    /// <summary>The columns of <see cref="Sums"/>, of a day that is closed.</summary>
    public static readonly string DaySums = string.Join(", ", SumColumns.Select(column => $"{BoundedDay(column)} AS {column}"));

    /// <summary>Sums a column of whole numbers; PostgreSQL would make a decimal of it.</summary>
    public static string Sum(string column) => $"CAST(coalesce(sum({column}), 0) AS bigint)";

    /// <summary>The number of a word; null where no row has it.</summary>
    public static string Id(string word) => $"(SELECT id FROM ledger_names WHERE name = '{word}')";

    /// <summary>The name that a column has the number of.</summary>
    public static string Name(string column) => $"(SELECT name FROM ledger_names WHERE id = {column})";

    /// <summary>The condition for a name that may be given, in the column of the same name.</summary>
    public static void AddName(List<string> conditions, List<(string Name, object Value)> parameters, string column, string? name) =>
        Add(conditions, parameters, column, name, $"{column} = (SELECT id FROM ledger_names WHERE name = @{column})");

    /// <summary>The condition for an outcome that may be given, under each of its words.</summary>
    public static void AddOutcome(
        List<string> conditions, List<(string Name, object Value)> parameters, OutcomeWords words, string? outcome)
    {
        if (outcome is not null && words.Former(outcome) is { } former)
        {
            conditions.Add("outcome IN (SELECT id FROM ledger_names WHERE name IN (@outcome, @former))");
            parameters.AddRange([("outcome", outcome), ("former", former)]);
        }
        else
        {
            AddName(conditions, parameters, "outcome", outcome);
        }
    }

    /// <summary>The number of an outcome's word of today; of its former one where no row has the other.</summary>
    public static string Outcome(OutcomeWords words)
    {
        var cases = words.Renamed.Select(static word => $"WHEN {Id(word.Former)} THEN coalesce({Id(word.Current)}, outcome)");
        return $"CASE outcome {string.Join(' ', cases)} ELSE outcome END";
    }

    /// <summary>The condition for a value that may be given.</summary>
    /// <param name="condition">With the parameter <c>@name</c>.</param>
    public static void Add(
        List<string> conditions, List<(string Name, object Value)> parameters, string name, object? value, string condition)
    {
        if (value is not null)
        {
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }

    /// <summary>The condition for a caller that may be given, or may be nobody.</summary>
    public static void AddCaller(List<string> conditions, List<(string Name, object Value)> parameters, string? caller)
    {
        if (caller is "")
        {
            conditions.Add("caller IS NULL");
        }
        else
        {
            AddName(conditions, parameters, "caller", caller);
        }
    }

    /// <summary>A number as it goes into sums: what a provider reports must not bring the sum of all others to an overflow.</summary>
    public static string Bounded(string column, long most = UsageEvent.MaxSummed) =>
        string.Create(CultureInfo.InvariantCulture, $"CASE WHEN {column} > {most} THEN {most} ELSE coalesce({column}, 0) END");

    /// <summary>The same of the sum of a day that is closed.</summary>
    public static string BoundedDay(string column) => Bounded(column, MaxDaySum);

    /// <summary>Whether a range is short enough to have percentiles.</summary>
    public static bool IsPrecise(DateTimeOffset from, DateTimeOffset to) =>
        to.ToUnixTimeMilliseconds() - from.ToUnixTimeMilliseconds() <= UsageTime.Precise;

    /// <summary>What a group has in common by a dimension, as rows have it.</summary>
    public static string Key(UsageDimension dimension) => dimension switch
    {
        UsageDimension.Ensemble => "ensemble",
        UsageDimension.Strategy => "strategy",
        UsageDimension.Model => "model",
        UsageDimension.Role => "role",
        UsageDimension.Caller => "caller",
        UsageDimension.Outcome => "outcome",
        UsageDimension.Hour => $"started_at - started_at % {UsageTime.Hour}",
        UsageDimension.Day => $"started_at - started_at % {UsageTime.Day}",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "There is no such dimension."),
    };

    /// <summary>The keys of a group, from a row's first columns.</summary>
    public static string?[] ReadKeys(DbDataReader row, IReadOnlyList<UsageDimension> by, OutcomeWords words) => [.. by.Select(
        (dimension, column) => dimension switch
    {
        UsageDimension.Outcome => words.Current(row.GetString(column)),
        UsageDimension.Hour or UsageDimension.Day => UsageTime.Name(row.GetInt64(column), dimension),
        _ => row.IsDBNull(column) ? null : row.GetString(column),
    })];

    /// <summary>What groups have in common as the first columns of a statement, with names.</summary>
    public static string List(IEnumerable<UsageDimension> by) => string.Concat(by.Select(static dimension =>
        dimension is UsageDimension.Hour or UsageDimension.Day ? $"{Key(dimension)}, " : $"{Name(Key(dimension))}, "));

    public static string PartitionBy(IReadOnlyCollection<string> keys) => keys.Count == 0 ? "" : $"PARTITION BY {string.Join(", ", keys)}";

    /// <summary>Without keys there is one group, unless there is nothing in it.</summary>
    public static string GroupBy(IReadOnlyCollection<string> keys) =>
        keys.Count == 0 ? "HAVING count(*) > 0" : $"GROUP BY {string.Join(", ", keys)}";

    private static string Tokens(string column, UsageSource source) =>
        $"CASE WHEN source = {Id(EnumNames<UsageSource>.Of(source))} THEN {Bounded(column)} ELSE 0 END";
}
