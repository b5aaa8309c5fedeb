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
    /// <summary>The model writes the answer: streamed if the request is, and with the tools that the writer of an answer gets.</summary>
    /// <param name="prompt">A question that follows the caller's messages; null = none.</param>
    public AnswerWriter Writer(string alias, SubCallKey key, JudgePrompt? prompt = null) =>
        Writer(alias, key, (edits, model) => prompt?.Write(edits, model));

    /// <param name="appended">A message that follows the caller's; null = none.</param>
    public AnswerWriter Writer(string alias, SubCallKey key, ReadOnlyMemory<byte>? appended) => Writer(alias, key, (edits, _) =>
    {
        if (appended is { } message)
        {
            edits.AppendMessage(message);
        }
    });

    /// <summary>Asks for a whole answer that something else is decided by first; of tools it says what it would do with them.</summary>
    public Task<SubCallResult> AskAsync(string alias, SubCallKey key, CancellationToken cancellationToken)
    {
        var model = context.Catalog.Models[alias];
        var tools = MemberTools;
        return context.Calls.MakeAsync(
            new SubCall(key, SubCallRole.Panel, new ModelCall
            {
                Model = model,
                Chat = context.Chat,
                Edits = Edits(alias, key, tools),
                KeepChoices = tools.IsAdvice,
                Timeout = ensemble.Timeout ?? model.Timeout,
                IdleTimeout = ensemble.IdleTimeout,
            })
            {
                Expected = new ExpectedAnswer(tools, context.Format, MustMatchFormat: true),
            },
            cancellationToken);
    }

    /// <summary>What a model is offered that does not write the answer.</summary>
    public ToolOffer MemberTools => ensemble.Tools == ToolsMode.Advise
        ? ToolOffer.ForMembers(context.Chat, ensemble.Tools)
        : ToolOffer.None;

    public PanelMemberConfig Member(string alias) =>
        ensemble.Panel.FirstOrDefault(member => member.Model == alias) ?? new PanelMemberConfig { Model = alias };

    private AnswerWriter Writer(string alias, SubCallKey key, Action<RequestEdits, ModelConfig> ask)
    {
        var model = context.Catalog.Models[alias];
        return new AnswerWriter(key, SubCallRole.Panel, model, () =>
        {
            var edits = Edits(alias, key, ToolOffer.ForWriter(context.Chat, ensemble.Tools));
            ask(edits, model);
            return edits;
        });
    }

    // The key's sample tells calls of one step apart; it is not a further sample of the member's.
    private RequestEdits Edits(string alias, SubCallKey key, ToolOffer tools) =>
        MemberEdits.For(context.Chat, new PanelSlot(Member(alias), key with { Sample = 0 }), tools);
}
