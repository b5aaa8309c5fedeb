using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Judging;
using Ensemble.Models;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>Asks a model that a strategy names, with what the panel's entry of that model says of it.</summary>
internal sealed class MemberCall(RunContext context, EnsembleConfig ensemble)
{
    /// <summary>Has the model answer for the caller: live where it is streamed.</summary>
    /// <param name="appended">A message that follows the caller's; null = none.</param>
    public AnswerWriter Writer(string alias, SubCallKey key, ReadOnlyMemory<byte>? appended = null) =>
        new(key, SubCallRole.Panel, context.Catalog.Models[alias], () => Edits(alias, key, appended));

    /// <summary>Asks for a whole answer that something else is decided by first.</summary>
    public Task<SubCallResult> AskAsync(string alias, SubCallKey key, CancellationToken cancellationToken)
    {
        var model = context.Catalog.Models[alias];
        return context.Calls.MakeAsync(
            new SubCall(key, SubCallRole.Panel, new ModelCall
            {
                Model = model,
                Chat = context.Chat,
                Edits = Edits(alias, key, null),
                Timeout = ensemble.Timeout ?? model.Timeout,
                IdleTimeout = ensemble.IdleTimeout,
            })
            {
                Expected = new ExpectedAnswer(ToolOffer.None, context.Format, MustMatchFormat: true),
            },
            cancellationToken);
    }

    public PanelMemberConfig Member(string alias) =>
        ensemble.Panel.FirstOrDefault(member => member.Model == alias) ?? new PanelMemberConfig { Model = alias };

    private RequestEdits Edits(string alias, SubCallKey key, ReadOnlyMemory<byte>? appended)
    {
        // The key's sample tells calls of one step apart; it is not a further sample of the member's.
        var edits = MemberEdits.For(context.Chat, new PanelSlot(Member(alias), key with { Sample = 0 }));
        return appended is { } message ? edits.AppendMessage(message) : edits;
    }
}
