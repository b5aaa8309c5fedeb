using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Execution;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Chat;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Requests;
using Ensemble.Frontend.Runs;
using Ensemble.Runs;
using Ensemble.Storage;
using Ensemble.Usage;

namespace Ensemble.Frontend.Replays;

/// <summary><c>POST /v1/runs/{id}/replay</c>: another strategy, or another judge, over the panel answers that a run has stored.</summary>
internal sealed class ReplayEndpoint(
    RequestSlots slots,
    BodyReader bodies,
    RunFinder runs,
    ICatalog catalog,
    FrontendOptions options,
    StoredPanels panels,
    RunResponder answers,
    TimeProvider time)
{
    private static readonly ReadOnlyMemory<byte> True = "true"u8.ToArray();

    public async Task HandleAsync(HttpContext context)
    {
        var error = context.Request.HasJsonContentType() ? null : ReplayErrors.NotJson;
        if (error is null)
        {
            (var slot, error) = slots.Enter();
            using (slot)
            {
                error ??= await ReplayAsync(context, Caller.Of(context), slot!);
            }
        }

        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
        }
    }

    private async Task<ApiError?> ReplayAsync(HttpContext context, Caller caller, RequestSlot slot)
    {
        var (body, error) = await bodies.ReadAsync(context.Request, ReplayOptions.MaxBytes, slot);
        (var replayOptions, error) = error is null ? ReplayOptions.Read(body) : (null, error);
        if (replayOptions is null)
        {
            return error;
        }

        var (manifest, notFound) = await runs.FindAsync(context, caller);
        StoredPanel? panel = null;
        try
        {
            error = notFound ?? Check(manifest!);
            (panel, error) = error is null ? await FindPanelAsync(manifest!, context.RequestAborted) : (null, error);
        }
        catch (StorageException exception)
        {
            return RunFinder.Unavailable(caller, exception);
        }

        if (error is null && !slot.TryReserve(panel!.Request.Length))
        {
            return ApiErrors.Overloaded;
        }

        return error ?? await AnswerAsync(context, caller, manifest!.ReplayOf ?? manifest.Run, replayOptions, panel!);
    }

    /// <returns>Why the run cannot be replayed: it is in flight, or has no panel; null = neither.</returns>
    private static ApiError? Check(RunManifest manifest) => manifest.Total is null ? ReplayErrors.InFlight
        : !ReplayRules.Names.TryGetValue(manifest.Strategy, out var strategy) || !ReplayRules.HasPanel(strategy)
            ? ReplayErrors.NoPanel(manifest.Strategy)
        : null;

    private async Task<(StoredPanel? Panel, ApiError? Error)> FindPanelAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        if (!options.StoresAnswers)
        {
            return (null, ReplayErrors.Off);
        }

        // A replay of a replay uses what the first run has stored.
        var (source, endedAt) = (manifest.ReplayOf ?? manifest.Run, manifest.StartedAt + manifest.Total!.Value);
        return await panels.FindAsync(source, manifest.ReplayOf is null ? endedAt : null, cancellationToken) switch
        {
            { IsTooLarge: true } => (null, ReplayErrors.TooLarge),
            { HasAnswers: true } panel => (panel, null),
            null when manifest.ReplayOf is not null || endedAt + panels.Retention <= time.GetUtcNow() =>
                (null, ReplayErrors.Expired(panels.Retention)),
            _ => (null, ReplayErrors.Missing),
        };
    }

    private async Task<ApiError?> AnswerAsync(
        HttpContext context, Caller caller, RunId source, ReplayOptions replayOptions, StoredPanel panel)
    {
        var snapshot = catalog.Current;
        var replay = new RunReplay(source) { Strategy = replayOptions.Strategy, Judge = replayOptions.Judge };
        ChatRequest chat;
        EnsembleConfig? ensemble;
        try
        {
            chat = Chat(panel, replayOptions);
            if (!caller.MayUse(chat.Model) || !snapshot.Ensembles.TryGetValue(chat.Model, out ensemble))
            {
                return ApiErrors.ModelNotFound(chat.Model);
            }

            EnsembleRequestRules.Check(chat, ensemble.Tools);
        }
        catch (ChatRequestException problem)
        {
            return ApiErrors.From(problem);
        }

        if ((replayOptions.Judge is { } judge ? CheckJudge(judge, ensemble, caller, snapshot) : null) is { } wrong)
        {
            return wrong;
        }

        if (ReplayRules.Check(replay, panel, chat, snapshot) is { } refusal)
        {
            return ReplayErrors.From(refusal);
        }

        var fresh = new RunRequest
        { Id = RunId.New(time), Chat = chat, Caller = caller.Name, CatalogRevision = snapshot.Revision, Replay = replay };
        return await answers.AnswerAsync(
            context, caller, fresh, replay.Apply(snapshot, chat.Model), RunLimits.Of(ensemble), ChatFormat.Instance);
    }

    /// <returns>The first request, but whole or streamed as this one asks for.</returns>
    private static ChatRequest Chat(StoredPanel panel, ReplayOptions replayOptions)
    {
        var edits = new RequestEdits();
        if (!replayOptions.Stream)
        {
            edits.Drop("stream").Drop("stream_options");
        }
        else
        {
            edits.Set("stream", True);
            if (replayOptions.StreamOptions is { } options)
            {
                edits.Set("stream_options", options);
            }
        }

        var first = ChatRequestParser.Parse(panel.Request, ChatLimits.Default);
        return ChatRequestParser.Parse(RequestRewriter.Rewrite(first, edits).ToArray(), ChatLimits.Rewritten);
    }

    // The ensemble's owner has chosen its models for all who may use it; any other is the caller's own to use, or not.
    private static ApiError? CheckJudge(string judge, EnsembleConfig ensemble, Caller caller, CatalogSnapshot snapshot)
    {
        if (!ensemble.Models.Contains(judge) && !caller.MayUse(judge))
        {
            return ApiErrors.ModelNotFound(judge) with { Param = "judge" };
        }

        if (snapshot.Ensembles.ContainsKey(judge))
        {
            return ApiErrors.BadField("judge", "'judge' must be a single model; this is an ensemble.");
        }

        if (!snapshot.Models.TryGetValue(judge, out var model))
        {
            return ApiErrors.ModelNotFound(judge) with { Param = "judge" };
        }

        return model.Kind != ModelKind.Chat
            ? ApiErrors.BadField("judge", "'judge' must be a chat model; this one makes vectors.")
            : null;
    }
}
