using System.Runtime.InteropServices;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Calls;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Providers.Simulated;

/// <summary>
/// A provider that answers from this process: for a first run without keys, for demonstrations and for load tests without a network. What
/// it does follows from the model's seed and name and from what it is asked (messages, temperature, seed), however that is spelt in JSON:
/// the same question gets the same answer at the same pace, streamed or whole, from any client. A simulated failure repeats with its
/// request too: what heals it is another seed, temperature or model.
/// </summary>
/// <param name="time">Times latency and pace.</param>
public sealed class SimulatedUpstream(TimeProvider time) : IUpstream
{
    public bool SupportsContent(ContentPartKind kind) => SupportsPart(kind);

    /// <summary>
    /// Answers in the model's own time; with neither latency nor pace before it returns. Usage is estimated, and reported with
    /// every answer; a call that was cancelled reports none, as with providers that report at the end.
    /// </summary>
    /// <exception cref="ArgumentException">The model is not a simulated one.</exception>
    public async Task<UpstreamResult> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var config = request.Model.Simulated
            ?? throw new ArgumentException($"The model '{request.Model.DisplayName}' is not simulated.", nameof(request));
        SimulatedStream? stream = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (request.Inputs is { } inputs)
            {
                return await EmbedAsync(request, inputs, config, cancellationToken);
            }

            var (seen, draw, replies) = Prepare(request, config);
            var pace = new SimulatedPace(time, config, draw);
            if (draw.Share(SimulatedPurpose.Failure) < config.FailureRate)
            {
                await pace.WaitForAsync(0, cancellationToken);
                return Failed() with { DroppedParameters = seen.Dropped };
            }

            if (request.Sink is { } sink)
            {
                stream = new SimulatedStream(sink, request.Watch, request.KeepChoices, request.KeepCalls, replies);
                await stream.RunAsync(pace, cancellationToken);
            }
            else
            {
                await pace.WaitForAsync(replies.Max(reply => SimulatedTokens.Count(reply.Text)) - 1, cancellationToken);
            }

            return Answered(request, seen, replies);
        }
        catch (ChatRequestException exception)
        {
            return UpstreamResult.Failed(
                CallOutcome.RequestRejected,
                new UpstreamError(exception.Message)
                {
                    Status = 400,
                    Type = "invalid_request_error",
                    Code = exception.Code,
                    Param = exception.Param,
                });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new UpstreamResult
            {
                Outcome = CallOutcome.Cancelled,
                Error = new UpstreamError("The simulated call was cancelled."),
                ReceivedCharacters = stream?.Sent ?? 0,
            };
        }
    }

    internal static bool SupportsPart(ContentPartKind kind) =>
        kind is ContentPartKind.Text or ContentPartKind.Image or ContentPartKind.Refusal;

    private static (SimulatedRequest Seen, SimulatedDraw Draw, SimulatedReply[] Replies) Prepare(
        UpstreamRequest request, SimulatedConfig config)
    {
        var seen = SimulatedRequest.Read(request);
        var style = SimulatedDraw.OfModel(config, request.Model.Model);
        var draw = seen.MixedInto(style);
        return (seen, draw, SimulatedWriter.Write(seen, config, style, draw));
    }

    private async Task<UpstreamResult> EmbedAsync(
        UpstreamRequest request, IReadOnlyList<string> inputs, SimulatedConfig config, CancellationToken cancellationToken)
    {
        var tokens = SimulatedEmbedding.Check(inputs, request.Model.ContextTokens);
        var draw = inputs.Aggregate(
            SimulatedDraw.OfModel(config, request.Model.Model), static (draw, input) => draw.With(MemoryMarshal.AsBytes(input.AsSpan())));
        await new SimulatedPace(time, config, draw).WaitForAsync(0, cancellationToken);
        return draw.Share(SimulatedPurpose.Failure) < config.FailureRate
            ? Failed()
            : new UpstreamResult
            {
                Outcome = CallOutcome.Ok,
                Answer = new ChatAnswer("", "stop") { Vectors = [.. inputs.Select(SimulatedEmbedding.Of)] },
                Usage = new TokenUsage(tokens, 0),
            };
    }

    private static UpstreamResult Failed() => UpstreamResult.Failed(
        CallOutcome.ServerError,
        new UpstreamError("The simulated model is overloaded, as its failure rate asks.") { Status = 503, Type = "server_error" });

    private static UpstreamResult Answered(UpstreamRequest request, SimulatedRequest seen, SimulatedReply[] replies)
    {
        var first = replies[0];
        var content = first.Tool is null ? first.Text : "";
        var callsTools = replies.Any(reply => reply.Tool is not null);
        var keepsWhole = (request.KeepChoices && request.Sink is null) || (request.KeepCalls && callsTools);
        var answer = new ChatAnswer(content, first.FinishReason)
        {
            Choices = keepsWhole ? SimulatedChoices.Whole(replies) : default,
            CallsTools = callsTools,
        };
        return new UpstreamResult
        {
            Outcome = replies.Any(reply => !string.IsNullOrWhiteSpace(reply.Text)) ? CallOutcome.Ok : ChatChoices.OutcomeOf(answer),
            Answer = answer,
            Usage = new TokenUsage(
                seen.PromptTokens, replies.Sum(reply => TokenEstimate.OfText(reply.Text) + TokenEstimate.OfText(reply.Tool))),
            ReceivedCharacters = replies.Sum(reply => reply.Tool is null ? reply.Text.Length : 0),
            DroppedParameters = seen.Dropped,
        };
    }
}
