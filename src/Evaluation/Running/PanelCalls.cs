using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Recording;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Panels;
using Ensemble.Providers.OpenAi;
using Ensemble.Runs;

namespace Ensemble.Evaluation.Running;

/// <summary>What one call to a panel member gave.</summary>
/// <param name="Answers">Its answers, each with the key of its sample.</param>
internal sealed record PanelAnswer(PanelSlot Slot, ModelCallResult Call, IReadOnlyList<SubCallResult> Answers, decimal? CostUsd);

/// <summary>Asks the members of a panel as its strategies would, each once.</summary>
internal sealed class PanelCalls(AskedModels models, CatalogSnapshot catalog)
{
    private static readonly byte[] True = "true"u8.ToArray();

    /// <summary>The calls, in the panel's order.</summary>
    public IReadOnlyList<(PanelSlot Slot, ModelCall Call)> Plan(EnsembleConfig ensemble, ChatRequest chat)
    {
        var tools = ToolOffer.ForMembers(chat, ensemble.Tools);
        return [.. PanelSlot.Of(ensemble, chat, catalog).Select(slot =>
        {
            var model = catalog.Models[slot.Member.Model];
            var edits = MemberEdits.For(chat, slot, tools);
            return (slot, new ModelCall
            {
                Model = model,
                Chat = chat,
                Edits = models.WantsLogprobs && ModelCapabilities.HasLogprobs(model) ? edits.Set("logprobs", True) : edits,
                Answers = slot.Answers,
                Timeout = ensemble.Timeout ?? model.Timeout,
                IdleTimeout = ensemble.IdleTimeout,
            });
        })];
    }

    public async Task<IReadOnlyList<PanelAnswer>> AskAsync(EvaluationQuestion question, EnsembleConfig ensemble, ChatRequest chat)
    {
        var expected = new ExpectedAnswer(ToolOffer.ForMembers(chat, ensemble.Tools), AnswerFormat.Of(chat));
        var asked = new Dictionary<string, int>();
        var calls = new List<Task<PanelAnswer>>();
        foreach (var (slot, call) in Plan(ensemble, chat))
        {
            var same = CallKey.Of(call, wantsLogprobs: false, ordinal: 0);
            var ordinal = asked[same] = asked.GetValueOrDefault(same, -1) + 1;
            calls.Add(AskAsync(question, slot, call, ordinal, expected));
        }

        // All of them come to their end before one that failed is told of: what was paid for is recorded.
        return await Task.WhenAll(calls);
    }

    private async Task<PanelAnswer> AskAsync(
        EvaluationQuestion question, PanelSlot slot, ModelCall call, int ordinal, ExpectedAnswer expected)
    {
        var holder = new GateHolder(RunId.Of(new byte[RunId.Bytes]), 1, call.Chat.Model, SubCallRole.Panel, slot.Key);
        var result = await models.AskAsync(question, call, holder, ordinal);
        var read = new SubCallResult(slot.Key, slot.Answers == 1 ? expected.Read(result) : result);
        return new PanelAnswer(
            slot, result, slot.Answers == 1 ? [read] : SampledAnswers.Of(read, slot.Answers, expected), CallCost.Of(call, result));
    }
}
