using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Requests;
using Ensemble.Reports;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>
/// <c>/v1/runs/{id}/feedback</c>: whether a run's answer is right, from its caller and from administrators, once each.
/// </summary>
internal sealed class FeedbackEndpoint(
    RunFinder runs, IReportStore reports, SealedComments comments, BodyReader bodies, TimeProvider time)
{
    public Task SaveAsync(HttpContext context) => AnswerAsync(context, async caller =>
    {
        // Also what keeps a web page from sending it: a browser asks first before it sends JSON elsewhere.
        if (!context.Request.HasJsonContentType())
        {
            return FeedbackErrors.NotJson;
        }

        var (body, error) = await bodies.ReadAsync(context.Request, FeedbackBody.MaxBytes);
        (var said, error) = error is null ? FeedbackBody.Read(body) : (null, error);
        if (said is null)
        {
            return error;
        }

        (var manifest, error) = await runs.FindAsync(context, caller);
        if (manifest is null)
        {
            return error;
        }

        if (manifest.Total is null)
        {
            return FeedbackErrors.InFlight;
        }

        var feedback = new RunFeedback
        {
            Run = manifest.Run,
            Ensemble = manifest.Ensemble,
            StartedAt = manifest.StartedAt,
            Caller = caller.Name,
            IsAdministrator = caller.IsAdministrator,
            At = time.GetUtcNow(),
            Score = said.Score,
            Comment = comments.Seal(manifest.Run, said.Comment),
            Sides = RunTally.Sides(manifest),
            IsCounted = manifest is { ReplayOf: null, Strategy: not RunManifest.Direct, Outcome: RunManifest.Completed },
        };
        await reports.SaveAsync(feedback, context.RequestAborted);
        await JsonResponse.WriteAsync(
            context.Response, new FeedbackSaved(feedback), RunsJson.Default.FeedbackSaved);
        return null;
    });

    public Task ListAsync(HttpContext context) => AnswerAsync(context, async caller =>
    {
        var (manifest, error) = await runs.FindAsync(context, caller);
        if (manifest is null)
        {
            return error;
        }

        var all = await reports.FindFeedbackAsync(manifest.Run, context.RequestAborted);
        var shown = all.Where(one => caller.IsAdministrator || (!one.IsAdministrator && one.Caller == caller.Name));
        await JsonResponse.WriteAsync(
            context.Response,
            new FeedbackList([.. shown.Select(one => new FeedbackView(one, comments.Open(one.Run, one.Comment)))]),
            RunsJson.Default.FeedbackList);
        return null;
    });

    private static async Task AnswerAsync(HttpContext context, Func<Caller, Task<ApiError?>> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        var caller = Caller.Of(context);
        ApiError? error;
        try
        {
            error = await answer(caller);
        }
        catch (StorageException exception)
        {
            error = RunFinder.Unavailable(caller, exception);
        }

        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
        }
    }
}
