using System.Security.Cryptography;
using System.Text;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Runs;

/// <summary>
/// What a run does with the request's tools where the model that writes its answer gets them: whether the panel is asked for advice, or that
/// of an earlier request of the same turn is used. A turn begins with a message of the user's, and goes on while tools are called.
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

    /// <summary>Whether the panel is not asked: the request ends with the result of a tool.</summary>
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
        return isOnce && EndsWithResult(context.Chat)
            ? new ToolTurn(tools, keepsAdvice: false) { Continues = true, Advice = await FindAsync(context, ensemble) }
            : new ToolTurn(tools, keepsAdvice: isOnce);
    }

    /// <summary>Whether a request goes on with the tools of a turn, so that the panel may be left out.</summary>
    public static bool EndsWithResult(ChatRequest chat) => chat.Messages[^1].Role == ChatRole.Tool;

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

    // The conversation goes on without: no request fails for want of advice.
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

    /// <summary>Of the caller, the panel that was asked, and the conversation up to the user's last message.</summary>
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

        var last = chat.Messages.Count - 1;
        while (last >= 0 && chat.Messages[last].Role != ChatRole.User)
        {
            last--;
        }

        if (last >= 0)
        {
            hash.AppendData(chat.Slice(new ByteRange(chat.Messages[0].Whole.Start, chat.Messages[last].Whole.End)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
