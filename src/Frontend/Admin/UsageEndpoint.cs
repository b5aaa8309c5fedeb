using System.Text.Json.Serialization.Metadata;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Frontend.Admin;

/// <summary><c>GET /admin/usage</c> and <c>GET /admin/runs</c>: what calls and runs took.</summary>
internal sealed class UsageEndpoint(IUsageQueries queries, TimeProvider time)
{
    /// <summary>More are no chart and no table.</summary>
    private const int MaxGroups = 10_000;

    private const int MaxPrefix = 32;
    private const double MaxCostUsd = 1_000_000_000;

    private static readonly string[] UsageParameters =
        ["from", "to", "ensemble", "model", "caller", "role", "outcome", "group_by", "limit", "cursor"];

    private static readonly string[] RunParameters =
        ["from", "to", "ensemble", "caller", "outcome", "min_agreement", "max_agreement", "min_cost", "id", "group_by", "limit", "cursor"];

    private static readonly string[] Roles = LedgerQuery.EnumNames<SubCallRole>();
    private static readonly string[] CallOutcomes = LedgerQuery.EnumNames<CallOutcome>();
    private static readonly string[] RunOutcomes = [RunManifest.Completed, .. LedgerQuery.EnumNames<RunFailureKind>()];

    public Task ListCallsAsync(HttpContext context) => GuardAsync(context, UsageParameters, async query =>
    {
        var cursor = query.Cursor(UsagePosition.Parse);
        var range = query.Range(cursor is { } page ? (page.From, page.To) : null);
        var by = query.GroupBy(UsageGroup.Dimensions);
        var limit = query.Limit();
        var filter = new UsageFilter(range.From, range.To)
        {
            Ensemble = query.Text("ensemble"),
            Model = query.Text("model"),
            Caller = query.Text("caller"),
            Role = query.Word("role", Roles),
            Outcome = query.Outcome(OutcomeWords.Calls, CallOutcomes),
        };
        return query.Error ?? (by is null
            ? await WriteRowsAsync(
                context, range, limit, await queries.ListSubCallsAsync(filter, cursor?.After, limit + 1, context.RequestAborted),
                static row => UsagePosition.Of(row).ToString(), static row => new SubCallRow(row),
                AdminJson.Default.LedgerPageSubCallRow)
            : await WriteGroupsAsync(
                context, query, "usage.groups", range, by, await queries.SumAsync(filter, by, MaxGroups, context.RequestAborted),
                static (group, by) => new UsageGroupView(group, by), AdminJson.Default.LedgerGroupsUsageGroupView));
    });

    public Task ListRunsAsync(HttpContext context) => GuardAsync(context, RunParameters, async query =>
    {
        var cursor = query.Cursor(RunPosition.Parse);
        var id = query.Text("id");
        if (id is not null && (id.Length is 0 or > MaxPrefix || !id.All(char.IsAsciiHexDigitLower)))
        {
            query.Fail("id", $"must be the beginning of a run's id: 1 to {MaxPrefix} hexadecimal digits in lower case");
        }

        // A caller that knows a run need not know when it was.
        var range = query.Range(cursor is { } page ? (page.From, page.To) : null, isUnbounded: id is not null);
        var by = query.GroupBy(RunGroup.Dimensions);
        var limit = query.Limit();
        var filter = new RunFilter(range.From, range.To)
        {
            Ensemble = query.Text("ensemble"),
            Caller = query.Text("caller"),
            Outcome = query.Outcome(OutcomeWords.Runs, RunOutcomes),
            MinAgreement = query.Number("min_agreement", 1),
            MaxAgreement = query.Number("max_agreement", 1),
            MinCostUsd = (decimal?)query.Number("min_cost", MaxCostUsd),
            IdPrefix = id,
        };
        return query.Error ?? (by is null
            ? await WriteRowsAsync(
                context, range, limit, await queries.ListRunsAsync(filter, cursor?.After, limit + 1, context.RequestAborted),
                static run => RunPosition.Of(run).ToString(), static run => new RunRow(run), AdminJson.Default.LedgerPageRunRow)
            : await WriteGroupsAsync(
                context, query, "runs.groups", range, by, await queries.SumRunsAsync(filter, by, MaxGroups, context.RequestAborted),
                static (group, by) => new RunGroupView(group, by), AdminJson.Default.LedgerGroupsRunGroupView));
    });

    /// <param name="rows">One more than the limit where another page follows.</param>
    private static async Task<ApiError?> WriteRowsAsync<T, TView>(
        HttpContext context,
        (DateTimeOffset From, DateTimeOffset To) range,
        int limit,
        IReadOnlyList<T> rows,
        Func<T, string> position,
        Func<T, TView> view,
        JsonTypeInfo<LedgerPage<TView>> type)
    {
        var next = rows.Count > limit ? LedgerQuery.Cursor(range, position(rows[limit - 1])) : null;
        var page = new LedgerPage<TView>(
            range.From.UtcDateTime, range.To.UtcDateTime, rows.Take(limit).Select(view), HasMore: next is not null, next);
        await JsonResponse.WriteAsync(context.Response, page, type);
        return null;
    }

    private static async Task<ApiError?> WriteGroupsAsync<T, TView>(
        HttpContext context,
        LedgerQuery query,
        string kind,
        (DateTimeOffset From, DateTimeOffset To) range,
        IReadOnlyList<UsageDimension> by,
        IReadOnlyList<T> groups,
        Func<T, IReadOnlyList<UsageDimension>, TView> view,
        JsonTypeInfo<LedgerGroups<TView>> type)
    {
        if (groups.Count > MaxGroups)
        {
            query.Fail("group_by", $"leads to more than {MaxGroups} groups: group by less, or choose a shorter range");
            return query.Error;
        }

        var answer = new LedgerGroups<TView>(
            kind,
            range.From.UtcDateTime,
            range.To.UtcDateTime,
            by.Select(static dimension => SnakeCase.Of(dimension)),
            groups.Select(group => view(group, by)));
        await JsonResponse.WriteAsync(context.Response, answer, type);
        return null;
    }

    private Task GuardAsync(HttpContext context, string[] parameters, Func<LedgerQuery, Task<ApiError?>> answer) =>
        LedgerQuery.AnswerAsync(context, parameters, time.GetUtcNow(), answer);
}
