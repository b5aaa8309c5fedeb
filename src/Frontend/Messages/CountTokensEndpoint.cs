using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Requests;

namespace Ensemble.Frontend.Messages;

/// <summary><c>POST /v1/messages/count_tokens</c>: the tokens of a message's prompt. No model is called, and no run is begun.</summary>
internal sealed class CountTokensEndpoint(RequestSlots slots, BodyReader bodies, ICatalog catalog, TokenCounter counter)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (slot, error) = slots.Enter();
        using (slot)
        {
            error ??= await CountAsync(context, slot!);
        }

        if (error is not null)
        {
            await ApiErrorWriter.WriteAsync(context, error);
        }
    }

    private async Task<ApiError?> CountAsync(HttpContext context, RequestSlot slot)
    {
        var (body, error) = await bodies.ReadAsync(context.Request, slot);
        if (error is not null)
        {
            return error;
        }

        long tokens;
        try
        {
            var snapshot = catalog.Current;
            var translated = MessagesDialect.Read(body, snapshot, isCount: true);
            if (!slot.TryReplace(translated.Chat.Length))
            {
                return ApiErrors.Overloaded;
            }

            var chat = ChatRequestParser.Parse(translated.Chat, ChatLimits.Rewritten);
            var exists = snapshot.Ensembles.ContainsKey(chat.Model)
                || (snapshot.Models.TryGetValue(chat.Model, out var model) && model.Kind == ModelKind.Chat);
            if (!exists || !Caller.Of(context).MayUse(chat.Model))
            {
                return ApiErrors.ModelNotFound(chat.Model);
            }

            tokens = counter.Count(chat);
        }
        catch (ChatRequestException problem)
        {
            return MessagesFormat.Instance.Describe(ApiErrors.From(problem));
        }

        await JsonResponse.WriteAsync(context.Response, tokens, static (json, tokens) =>
        {
            json.WriteStartObject();
            json.WriteNumber("input_tokens"u8, tokens);
            json.WriteEndObject();
        });
        return null;
    }
}
