using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Execution;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Requests;
using Ensemble.Runs;

namespace Ensemble.Frontend.Chat;

/// <summary>A request for an answer, in the API of its address: what is asked for, and whether that can be answered.</summary>
internal sealed class ChatEndpoint(
    IDialect dialect,
    RequestSlots slots,
    BodyReader bodies,
    ICatalog catalog,
    RunResponder answers,
    TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (slot, error) = slots.Enter();
        using (slot)
        {
            error ??= await AnswerAsync(context, Caller.Of(context), slot!);
        }

        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
        }
    }

    /// <returns>Why there is no run; null where there was one, and it has been answered.</returns>
    private async Task<ApiError?> AnswerAsync(HttpContext context, Caller caller, RequestSlot slot)
    {
        var (body, error) = await bodies.ReadAsync(context.Request, slot);
        if (error is not null)
        {
            return error;
        }

        var snapshot = catalog.Current;
        TranslatedRequest translated;
        try
        {
            translated = dialect.Read(body, snapshot);
        }
        catch (ChatRequestException problem)
        {
            return ApiErrors.From(problem);
        }

        if (!translated.Chat.Equals(body) && !slot.TryReplace(translated.Chat.Length + translated.Format.HeldBytes))
        {
            return ApiErrors.Overloaded;
        }

        return await AnswerAsync(context, caller, slot, translated, snapshot);
    }

    private async Task<ApiError?> AnswerAsync(
        HttpContext context, Caller caller, RequestSlot slot, TranslatedRequest translated, CatalogSnapshot snapshot)
    {
        ChatRequest chat;
        RunLimits limits;
        try
        {
            chat = ChatRequestParser.Parse(translated.Chat, dialect.Limits);
            if (!caller.MayUse(chat.Model))
            {
                return ApiErrors.ModelNotFound(chat.Model);
            }

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

            if (ensemble is not null)
            {
                EnsembleRequestRules.Check(chat, ensemble.Tools);
            }
        }
        catch (ChatRequestException problem)
        {
            return translated.Format.Describe(ApiErrors.From(problem));
        }

        var fresh = new RunRequest
        {
            Id = RunId.New(time),
            Chat = chat,
            Caller = caller.Name,
            CatalogRevision = snapshot.Revision,
            CountedBody = slot.Body,
        };
        return await answers.AnswerAsync(context, caller, fresh, snapshot, limits, translated.Format);
    }
}
