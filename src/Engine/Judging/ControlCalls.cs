using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Judging;

/// <summary>Makes control calls: a model after the other, each once more without a schema where its provider does not take one.</summary>
internal sealed class ControlCalls(RunContext context, EnsembleConfig ensemble)
{
    public async Task<ControlReply> AskAsync(ControlQuestion question)
    {
        var failures = new List<SubCallResult>();
        for (var index = 0; index < question.Models.Count && !context.Deadline.IsOver; index++)
        {
            var model = context.Catalog.Models[question.Models[index]];
            var (messages, shown) = question.Prompt.Messages(model);
            var result = await AskAsync(question, model, messages, index, withSchema: true);
            if (RefusesSchema(result))
            {
                result = await AskAsync(question, model, messages, index, withSchema: false);
            }

            if (result.IsUsable && question.Schema.Read(result.Call.Answer!.Content) is { } value)
            {
                return new ControlReply(value, failures, shown);
            }

            failures.Add(result);
        }

        return new ControlReply(null, failures, []);
    }

    private Task<SubCallResult> AskAsync(
        ControlQuestion question, ModelConfig model, ReadOnlyMemory<byte> messages, int index, bool withSchema)
    {
        var key = new SubCallKey(question.Step, index, (question.Number * 2) + (withSchema ? 0 : 1));
        return context.Calls.MakeAsync(
            new SubCall(key, SubCallRole.Control, new ModelCall
            {
                Model = model,
                Chat = ControlRequest.Of(
                    context.Chat.Model, messages, withSchema ? question.Schema : null, question.MaxTokens, question.Effort),
                Edits = new RequestEdits { IsOneOff = true },
                Timeout = ensemble.Timeout ?? model.Timeout,
                IdleTimeout = ensemble.IdleTimeout,
                WaitForGate = index == question.Models.Count - 1,
            })
            {
                Prompt = question.Prompt.Version,
            },
            context.Deadline.Token);
    }

    private static bool RefusesSchema(SubCallResult result) =>
        result.Outcome is CallOutcome.RequestRejected or CallOutcome.Unsupported && result.Call.Error is { } error
        && (error.Param?.StartsWith("response_format", StringComparison.Ordinal) == true
            || error.Message.Contains("response_format", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("json_schema", StringComparison.OrdinalIgnoreCase));
}

/// <param name="Value">An object of the shape that was asked for; null where no model gave one.</param>
/// <param name="Failures">Of those that were asked before, in order.</param>
/// <param name="Shown">The candidates as the model that answered saw them.</param>
internal sealed record ControlReply(JsonElement? Value, IReadOnlyList<SubCallResult> Failures, IReadOnlyList<LabelledCandidate> Shown);
