using Ensemble.Catalog;
using Ensemble.Execution;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Limits;
using Ensemble.Frontend.Runs;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.Extensions.Primitives;

namespace Ensemble.Frontend.Chat;

/// <summary>
/// Answers a request that has been checked: options, budget and limits; then a run, or the one that it repeats, whole or streamed.
/// </summary>
internal sealed partial class RunResponder(
    IRunEngine engine,
    RequestGates gates,
    MonthlyBudgets budgets,
    RepeatedRequests repeats,
    TimeProvider time,
    ILogger<RunResponder> logger)
{
    /// <param name="fresh">The request as one that nobody has made before.</param>
    /// <param name="snapshot">The catalog as the run will have it.</param>
    /// <param name="format">How the answer is written.</param>
    /// <returns>Why there is no run; null where there was one, and it has been answered.</returns>
    public async Task<ApiError?> AnswerAsync(
        HttpContext context, Caller caller, RunRequest fresh, CatalogSnapshot snapshot, RunLimits limits, IAnswerFormat format)
    {
        var error = await TryAnswerAsync(context, caller, fresh, snapshot, limits, format);
        if (error is { Status: 429 or >= 500 })
        {
            LogRefused(
                logger, error.Status < 500 ? LogLevel.Information : LogLevel.Warning, fresh.Id.Value, fresh.Chat.Model, error.Code,
                fresh.Caller);
        }

        return error;
    }

    private async Task<ApiError?> TryAnswerAsync(
        HttpContext context, Caller caller, RunRequest fresh, CatalogSnapshot snapshot, RunLimits limits, IAnswerFormat format)
    {
        var chat = fresh.Chat;
        if (!HasValidKey(context.Request.Headers[HeaderNames.IdempotencyKey]))
        {
            return ApiErrors.IdempotencyKeyMalformed;
        }

        var (options, refused) = RequestOptions.Read(context.Request, caller, chat);
        if (refused is not null)
        {
            return refused;
        }

        if (options.DryRun)
        {
            await WritePlanAsync(context, caller, fresh, snapshot);
            return null;
        }

        if (await budgets.CheckAsync(caller, context.RequestAborted) is { } spent)
        {
            return spent;
        }

        var admission = await gates.EnterAsync(caller, fresh, snapshot, context.RequestAborted);
        RateLimitHeaders.Write(context.Response.Headers, admission.Quotas);
        if (admission.Refusal is { } refusal)
        {
            return ApiErrors.RateLimited(admission.RefusedBy.Kind, refusal);
        }

        var (request, error) = await StartAsync(
            context, fresh, admission, limits, fresh.Replay is null && snapshot.Ensembles.ContainsKey(chat.Model));
        if (error is null)
        {
            await WriteAsync(
                context, caller, request, options, admission, format, limits.StreamCommit,
                isRepeat: request.IsKept && request.Id != fresh.Id);
        }

        return error;
    }

    private static bool HasValidKey(StringValues header) => header.Count == 0
        || (header is [{ Length: > 0 and <= RepeatedRequests.MaxKeyLength } key] && !key.AsSpan().ContainsAnyExceptInRange('!', '~'));

    /// <returns>The run that answers: a new one, or the one that the request repeats; or why there is none.</returns>
    private async ValueTask<(RunRequest Request, ApiError? Error)> StartAsync(
        HttpContext context, RunRequest fresh, CompositeLease admission, RunLimits limits, bool keepsPanel)
    {
        var start = default(RunStart?);
        try
        {
            var request = context.Request.Headers[HeaderNames.IdempotencyKey] is [{ } key]
                ? await repeats.ResolveAsync(fresh, key, limits, context.RequestAborted)
                : keepsPanel ? await repeats.ResolveAsync(fresh, IsRetry(context.Request), context.RequestAborted) : fresh;
            if (request is null)
            {
                return (fresh, ApiErrors.IdempotencyKeyReused);
            }

            start = await engine.StartAsync(request, context.RequestAborted);
            return (request, start switch
            {
                RunStart.Started => null,
                RunStart.Overloaded => ApiErrors.Overloaded,
                RunStart.Draining => ApiErrors.Draining,
                _ => ApiErrors.ModelNotFound(request.Chat.Model),
            });
        }
        catch (ClaimLimitException)
        {
            return (fresh, ApiErrors.Overloaded);
        }
        finally
        {
            if (start != RunStart.Started)
            {
                await admission.ReturnAsync();
            }
        }
    }

    // OpenAI's clients for Node and Python count their repeats.
    private static bool IsRetry(HttpRequest request) =>
        request.Headers.TryGetValue(HeaderNames.RetryCount, out var count) && count is not [] and not ["0"];

    private static Task WritePlanAsync(HttpContext context, Caller caller, RunRequest request, CatalogSnapshot snapshot)
    {
        var chat = request.Chat;
        var plan = RunPlan.Of(chat, snapshot);
        var strategy = snapshot.Ensembles.TryGetValue(chat.Model, out var ensemble) ? SnakeCase.Of(ensemble.Strategy) : RunManifest.Direct;
        return JsonResponse.WriteAsync(
            context.Response,
            new PlanView(chat.Model, strategy, request.Replay is null ? plan : plan.WithoutPanel(), caller.ReadsManifests),
            RunsJson.Default.PlanView);
    }

    private async Task WriteAsync(
        HttpContext context, Caller caller, RunRequest request, RequestOptions options, CompositeLease admission, IAnswerFormat format,
        TimeSpan commitAfter, bool isRepeat)
    {
        context.Response.Headers[HeaderNames.RunId] = request.Id.Value;
        if (isRepeat)
        {
            context.Response.Headers[HeaderNames.IdempotentReplayed] = "true";
        }

        var completed = false;
        try
        {
            var events = RequestGates.SettlingAsync(
                repeats.WithStoredPanelAsync(request, engine.ReadAsync(request.Id, 0, context.RequestAborted)), admission, isRepeat);
            if (request.Chat.Stream)
            {
                await StreamedAnswer.WriteAsync(context, request, events, format, commitAfter, caller.SeesMessages, time);
            }
            else
            {
                await BufferedAnswer.WriteAsync(
                    context, request, events, format, options.Manifest ? engine : null, caller.SeesMessages, time);
            }

            completed = true;
        }
        finally
        {
            if (!completed)
            {
                // The caller left, or could not be written to: this answer is no longer wanted.
                await engine.CancelAsync(request.Id, CancellationToken.None);
                await gates.SettleCancelledAsync(request.Id, admission, isRepeat);
            }
        }
    }
}
