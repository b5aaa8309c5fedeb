using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Limits;
using Ensemble.Frontend.Runs;
using Ensemble.Gates;
using Ensemble.Runs;
using Microsoft.Extensions.Primitives;

namespace Ensemble.Frontend.Chat;

/// <summary><c>POST /v1/chat/completions</c>: who asks, for what, and whether that can be answered; then a run.</summary>
internal sealed class ChatEndpoint(
    Authenticator authenticator,
    BodyReader bodies,
    ICatalog catalog,
    IRunEngine engine,
    RequestGates gates,
    MonthlyBudgets budgets,
    RepeatedRequests repeats,
    TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (caller, error) = authenticator.Authenticate(context);
        if (error is null)
        {
            (var body, error) = await bodies.ReadAsync(context.Request);
            if (error is null)
            {
                error = await AnswerAsync(context, caller!, body);
            }
        }

        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
        }
    }

    /// <returns>Why there is no run; null where there was one, and it has been answered.</returns>
    private async Task<ApiError?> AnswerAsync(HttpContext context, Caller caller, ReadOnlyMemory<byte> body)
    {
        var snapshot = catalog.Current;
        ChatRequest chat;
        RunLimits limits;
        try
        {
            chat = ChatRequestParser.Parse(body, ChatLimits.Default);
            if (snapshot.Ensembles.TryGetValue(chat.Model, out var ensemble))
            {
                limits = RunLimits.Of(ensemble);
            }
            else if (snapshot.Models.TryGetValue(chat.Model, out var model) && model.Kind == ModelKind.Chat)
            {
                limits = RunLimits.Of(model);
            }
            else
            {
                return ApiErrors.ModelNotFound(chat.Model);
            }

            if (!caller.MayUse(chat.Model))
            {
                return ApiErrors.ModelNotAllowed(chat.Model);
            }

            if (ensemble is not null)
            {
                EnsembleRequestRules.Check(chat, ensemble.Tools);
            }
        }
        catch (ChatRequestException problem)
        {
            return ApiErrors.From(problem);
        }

        if (!HasGoodKey(context.Request.Headers[HeaderNames.IdempotencyKey]))
        {
            return ApiErrors.IdempotencyKeyMalformed;
        }

        var (wishes, refused) = RequestWishes.Read(context.Request, caller, chat);
        if (refused is not null)
        {
            return refused;
        }

        if (wishes.DryRun)
        {
            await WritePlanAsync(context, caller, chat, snapshot);
            return null;
        }

        if (await budgets.CheckAsync(caller, context.RequestAborted) is { } spent)
        {
            return spent;
        }

        var admission = await gates.EnterAsync(caller, chat, snapshot, context.RequestAborted);
        RateLimitHeaders.Write(context.Response.Headers, admission.Quotas);
        if (admission.Refusal is { } refusal)
        {
            return ApiErrors.RateLimited(admission.RefusedBy.Kind, refusal);
        }

        var fresh = new RunRequest { Id = RunId.New(), Chat = chat, Caller = caller.Name, CatalogRevision = snapshot.Revision };
        var (request, error) = await StartAsync(context, fresh, admission, limits, snapshot.Ensembles.ContainsKey(chat.Model));
        if (error is null)
        {
            await WriteAsync(context, request, wishes, admission, limits.StreamCommit, isRepeat: request.IsKept && request.Id != fresh.Id);
        }

        return error;
    }

    private static bool HasGoodKey(StringValues header) => header.Count == 0
        || (header is [{ Length: > 0 and <= RepeatedRequests.MaxKeyLength } key] && !key.AsSpan().ContainsAnyExceptInRange('!', '~'));

    /// <returns>The run that answers: a new one, or the one that the request repeats; or why there is none.</returns>
    private async ValueTask<(RunRequest Request, ApiError? Error)> StartAsync(
        HttpContext context, RunRequest fresh, JointAdmission admission, RunLimits limits, bool isEnsemble)
    {
        var start = default(RunStart?);
        try
        {
            var request = context.Request.Headers[HeaderNames.IdempotencyKey] is [{ } key]
                ? await repeats.ResolveAsync(fresh, key, limits, context.RequestAborted)
                : isEnsemble ? await repeats.ResolveAsync(fresh, context.RequestAborted) : fresh;
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
        finally
        {
            if (start != RunStart.Started)
            {
                await admission.ReturnAsync();
            }
        }
    }

    private static Task WritePlanAsync(HttpContext context, Caller caller, ChatRequest chat, CatalogSnapshot snapshot)
    {
        var strategy = snapshot.Ensembles.TryGetValue(chat.Model, out var ensemble) ? SnakeCase.Of(ensemble.Strategy) : "direct";
        return JsonResponse.WriteAsync(
            context.Response,
            (chat.Model, strategy, plan: RunPlan.Of(chat, snapshot), showsNames: caller.ReadsManifests),
            static (json, body) => new PlanWriter(json, body.showsNames).Write(body.Model, body.strategy, body.plan));
    }

    private async Task WriteAsync(
        HttpContext context, RunRequest request, RequestWishes wishes, JointAdmission admission, TimeSpan commitAfter, bool isRepeat)
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
                repeats.KeepingPanelAsync(request, engine.ReadAsync(request.Id, 0, context.RequestAborted)), admission, isRepeat);
            if (request.Chat.Stream)
            {
                await StreamedAnswer.WriteAsync(context, request, events, commitAfter, time);
            }
            else
            {
                await WholeAnswer.WriteAsync(context, request, events, wishes.Manifest ? engine : null, time);
            }

            completed = true;
        }
        finally
        {
            if (!completed)
            {
                // The caller left, or could not be written to: nobody wants this answer any more.
                await engine.CancelAsync(request.Id, CancellationToken.None);
                await gates.SettleCancelledAsync(request.Id, admission);
            }
        }
    }
}
