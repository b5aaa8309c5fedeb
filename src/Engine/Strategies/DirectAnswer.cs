using System.Buffers;
using System.Text.Json;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Strategies;

/// <summary>One model, asked by its own name: its answer as it is, with ids of ours.</summary>
internal sealed class DirectAnswer(ModelConfig model) : IStrategy
{
    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var ids = new ToolCallIds(context.Request.Id, model.DisplayName);
        var stream = context.Chat.Stream ? new Sink(context, ids) : null;
        var result = await context.Calls.MakeAsync(
            new SubCall(new SubCallKey(SubCallStep.Direct, 0, 0), SubCallRole.Panel, new ModelCall
            {
                Model = model,
                Chat = context.Chat,
                Edits = new RequestEdits(),
                Timeout = model.Timeout,
                IdleTimeout = IdleTimeout,
                Sink = stream,
                KeepChoices = true,
                MaxRetryDelay = MaxRetryDelay,
            })
            {
                Expected = null,
            },
            context.Deadline.Token);
        if (stream is { Overflowed: true })
        {
            return RunResults.TooLarge;
        }

        // A blank, refused or filtered answer is this model's answer; only an ensemble has others to turn to.
        return result.Call.Answer is { } answer
            && result.Outcome is CallOutcome.Ok or CallOutcome.Blank or CallOutcome.BlankAtLength or CallOutcome.Refused or CallOutcome.Filtered
            ? new RunAnswer(answer.FinishReason)
            {
                IsDirect = true,
                Choices = stream is null ? ids.Replace(answer.Choices) : default,
                Fields = stream?.TakeFields() ?? answer.Fields,
                UsageFields = answer.UsageFields,
            }
            : Failure(context, result, stream is { Shown: true });
    }

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    // A caller who is told how long to wait can do so itself, or go elsewhere.
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(2);

    private static RunFailure Failure(RunContext context, SubCallResult result, bool shown)
    {
        var error = result.Call.Error;

        // Retries do not multiply: what was asked for again here to no avail is not asked for again by the caller's SDK.
        var isFinal = result.Call.Attempts > 1;
        var isOperators = result.Outcome is CallOutcome.AuthenticationFailed or CallOutcome.NotFound;
        switch (result.Outcome)
        {
            case CallOutcome.Cancelled when context.Deadline.HasPassed:
                return RunResults.DeadlinePassed("the model", shown);
            case CallOutcome.Cancelled:
                return RunResults.Cancelled;
            case CallOutcome.RequestRejected:
            case CallOutcome.Filtered when error is { Status: not null }:
                return new RunFailure(
                    RunFailureKind.RequestRejected, NameScrubber.Scrub(error!.Message, context.Catalog, context.Chat.Model))
                {
                    Code = PublicError.Code(error.Code),
                    Param = PublicError.Param(error.Param),
                    Status = error.Status,
                    Original = error.Message,
                };
            case CallOutcome.Unsupported:
                return new RunFailure(RunFailureKind.UnsupportedContent, "This model cannot take this content part.")
                { Param = error!.Param };
            case CallOutcome.GateRefused:
                return new RunFailure(RunFailureKind.RateLimitExceeded, $"This model is {error!.Message}.")
                { RetryAfter = error.RetryAfter };
            case CallOutcome.RateLimited:
                return new RunFailure(RunFailureKind.RateLimitExceeded, "This model is at its limit.")
                {
                    RetryAfter = error?.RetryAfter,
                    IsPermanent = isFinal,
                };
            case CallOutcome.TimedOut or CallOutcome.Stalled:
                return new RunFailure(RunFailureKind.UpstreamTimeout, RunResults.TimedOut("The model", shown))
                {
                    // All of the call's time is gone already.
                    IsPermanent = true,
                };
            default:
                return new RunFailure(RunFailureKind.UpstreamFailed, RunResults.NoAnswer("The model", shown))
                {
                    IsPermanent = isFinal || isOperators,
                    RetryAfter = isOperators ? null : error?.RetryAfter,
                };
        }
    }

    private sealed class Sink(RunContext context, ToolCallIds ids) : IAnswerSink
    {
        public bool Shown { get; private set; }

        public bool Overflowed { get; private set; }

        /// <summary>Bytes of fields that wait for choices; of what comes then nothing is kept.</summary>
        private const int MaxWaiting = 64 * 1024;

        private readonly List<ReadOnlyMemory<byte>> _waiting = [];
        private int _waitingBytes;

        /// <summary>Takes what came beside no choices, and waits for those of a later chunk; empty where nothing did.</summary>
        public ReadOnlyMemory<byte> TakeFields()
        {
            var fields = _waiting.Count switch
            {
                0 => default,
                1 => _waiting[0],
                _ => Together(_waiting),
            };
            _waiting.Clear();
            _waitingBytes = 0;
            return fields;
        }

        public void OnFields(ReadOnlyMemory<byte> fields)
        {
            _waitingBytes += fields.Length;
            if (_waiting.Count == 0 || _waitingBytes <= MaxWaiting)
            {
                _waiting.Add(fields);
            }
        }

        public void OnContent(string text) => throw new InvalidOperationException("A direct answer is read as choices.");

        public void OnChoices(ReadOnlyMemory<byte> choices)
        {
            Shown = true;
            Overflowed |= !context.Show(new ChoicesDelta(ids.Replace(choices)) { Fields = TakeFields() });
        }

        /// <summary>One object of several; of one name the last value counts.</summary>
        private static byte[] Together(List<ReadOnlyMemory<byte>> pieces)
        {
            var last = new Dictionary<string, JsonElement>();
            foreach (var piece in pieces)
            {
                using var document = JsonSanitizer.Parse(piece);
                foreach (var property in document.RootElement.Clone().EnumerateObject())
                {
                    last[property.NameText()] = property.Value;
                }
            }

            var buffer = new ArrayBufferWriter<byte>(1024);
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                foreach (var (name, value) in last)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }

                writer.WriteEndObject();
            }

            return buffer.WrittenSpan.ToArray();
        }
    }
}
