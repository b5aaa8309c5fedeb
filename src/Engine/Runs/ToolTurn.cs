using System.Security.Cryptography;
using System.Text;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Runs;

/// <summary>
/// How a run handles the request's tools if the model that writes the answer gets them: whether the panel is asked for advice, or the
/// advice of an earlier request of the same turn is used. A turn begins with a user message, and lasts while tools are called.
/// </summary>
internal sealed class ToolTurn
{
    public static readonly ToolTurn None = new(ToolOffer.None, keepsAdvice: false);

    /// <summary>How long a request waits for advice that is kept in another process.</summary>
    public static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(2);

    private readonly bool _keepsAdvice;

    private ToolTurn(ToolOffer tools, bool keepsAdvice) => (Tools, _keepsAdvice) = (tools, keepsAdvice);

    /// <summary>What the model that writes the answer is offered.</summary>
    public ToolOffer Tools { get; }

    /// <summary>Whether the panel is not asked: the request continues with results of tools.</summary>
    public bool Continues { get; private init; }

    /// <summary>That of the turn's first request; null where the panel is asked, or where it is lost.</summary>
    public Advice? Advice { get; private init; }

    public static async Task<ToolTurn> BeginAsync(RunContext context, EnsembleConfig ensemble)
    {
        var tools = ToolOffer.ForWriter(context.Chat, ensemble.Tools);
        if (!tools.IsSent)
        {
            return None;
        }

        var isOnce = ensemble.Advice == AdviceFrequency.OncePerUserTurn && !context.IsReplay;
        return isOnce && ContinuesTurn(context.Chat)
            ? new ToolTurn(tools, keepsAdvice: false) { Continues = true, Advice = await FindAsync(context, ensemble) }
            : new ToolTurn(tools, keepsAdvice: isOnce);
    }

    /// <summary>Whether a request continues a turn with results of tools, so that the panel need not be asked.</summary>
    public static bool ContinuesTurn(ChatRequest chat) => Position(chat).AfterResult;

    /// <summary>Shows the model that writes the answer the advice of this turn, where it stood before.</summary>
    public RequestEdits Apply(RequestEdits edits) => Advice switch
    {
        null => edits,
        { HoldsConversation: true } whole => edits.ReplaceMessages((byte[])[(byte)'[', .. whole.Prompt.Span, (byte)']'], whole.After + 1),
        var part => edits.AppendMessage(part.Prompt, part.After),
    };

    /// <summary>Keeps the advice that the model was shown, for the requests that follow its calls. Never fails.</summary>
    /// <param name="edits">Those of the model that called tools.</param>
    public async Task KeepAsync(RunContext context, EnsembleConfig ensemble, RequestEdits edits)
    {
        if (!_keepsAdvice || (edits.AppendedMessage ?? edits.Messages?[1..^1]) is not { } prompt)
        {
            return;
        }

        var advice = new Advice(context.Request.Id.Value, prompt, edits.Messages is not null, context.Chat.Messages.Count - 1)
        { Judge = context.Diagnostics.Judge is { } judge ? judge with { SchemaValid = null } : null };
        await TryAsync(context, async token =>
        {
            await context.AdviceStore.KeepAsync(KeyOf(context, ensemble), advice.Write(), token);
            return true;
        });
    }

    private static async Task<Advice?> FindAsync(RunContext context, EnsembleConfig ensemble)
    {
        var kept = await TryAsync(context, token => context.AdviceStore.FindAsync(KeyOf(context, ensemble), token));
        return kept is { } json && Advice.Read(json.Span) is { } advice && advice.After < context.Chat.Messages.Count ? advice : null;
    }

    // Advice is optional: no request fails because it cannot be read or kept.
    private static async Task<T?> TryAsync<T>(RunContext context, Func<CancellationToken, ValueTask<T>> ask)
    {
        using var limit = new CancellationTokenSource(StoreTimeout, context.Time);
        using var ended = context.Deadline.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        try
        {
            return await ask(limit.Token);
        }
        catch (Exception)
        {
            return default;
        }
    }

    /// <returns>
    /// The index of the message that began the turn, or -1; and whether a result of a tool came since the last assistant message. User
    /// messages that directly follow a result belong to it: images of results are sent so, and clients add notes to results.
    /// </returns>
    private static (int Start, bool AfterResult) Position(ChatRequest chat)
    {
        var (start, afterResult) = (-1, false);
        for (var index = 0; index < chat.Messages.Count; index++)
        {
            switch (chat.Messages[index].Role)
            {
                case ChatRole.Tool:
                    afterResult = true;
                    break;
                case ChatRole.User when !afterResult:
                    start = index;
                    break;
                case ChatRole.User:
                    break;
                default:
                    afterResult = false;
                    break;
            }
        }

        return (start, afterResult);
    }

    /// <summary>Of the caller, the panel that was asked, and the conversation up to the message that began the turn.</summary>
    private static string KeyOf(RunContext context, EnsembleConfig ensemble)
    {
        var chat = context.Chat;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in (string?[])
            [
                context.Request.Caller, ensemble.DisplayName, ensemble.Judge?.Model,
                .. ensemble.Panel.Select(member => $"{member.Model} {member.Samples}"),
            ])
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{text?.Length ?? -1}:{text};"));
        }

        if (Position(chat).Start is >= 0 and var start)
        {
            hash.AppendData(chat.Slice(new ByteRange(chat.Messages[0].Whole.Start, chat.Messages[start].Whole.End)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
