using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Runs;

/// <summary>What scripted models do.</summary>
internal static class Does
{
    public static readonly TokenUsage Used = new(10, 5);

    /// <summary>Answers; streamed in these pieces where a stream is asked for.</summary>
    public static Behaviour Say(params string[] pieces) => Finish("stop", pieces);

    public static Behaviour Finish(string finishReason, params string[] pieces) => (request, _) =>
    {
        Show(request, pieces);
        var text = string.Concat(pieces);
        var outcome = !string.IsNullOrWhiteSpace(text) ? CallOutcome.Ok
            : finishReason == "length" ? CallOutcome.BlankAtLength
            : CallOutcome.Blank;
        return Task.FromResult(new UpstreamResult
        {
            Outcome = outcome,
            Answer = new ChatAnswer(text, finishReason),
            Usage = Used,
            ReceivedCharacters = text.Length,
        });
    };

    public static Behaviour Refuse(string words) => Give(CallOutcome.Refused, new ChatAnswer("", "stop") { Refusal = words });

    public static Behaviour Filter(params string[] pieces) => (request, _) =>
    {
        Show(request, pieces);
        return Task.FromResult(new UpstreamResult
        {
            Outcome = CallOutcome.Filtered,
            Answer = new ChatAnswer(string.Concat(pieces), "content_filter"),
            Usage = Used,
        });
    };

    public static Behaviour Fail(CallOutcome outcome, int? status = null, string message = "It failed.", string? code = null, string? param = null, TimeSpan? retryAfter = null) =>
        (_, _) => Task.FromResult(UpstreamResult.Failed(
            outcome, new UpstreamError(message) { Status = status, Code = code, Param = param, RetryAfter = retryAfter }));

    public static Behaviour Reject(string message, string? code = null, string? param = null) => Fail(CallOutcome.RequestRejected, 400, message, code, param);

    public static Behaviour RateLimit(TimeSpan? retryAfter = null) => Fail(CallOutcome.RateLimited, 429, "Slow down.", "rate_limit_exceeded", retryAfter: retryAfter);

    /// <summary>Shows these pieces of a stream, then nothing until it is cancelled.</summary>
    public static Behaviour Hang(params string[] pieces) => async (request, cancellationToken) =>
    {
        Show(request, pieces);
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException("Nobody ends an endless wait.");
    };

    /// <summary>Shows these pieces of a stream, then fails.</summary>
    public static Behaviour Break(CallOutcome outcome, params string[] pieces) => (request, _) =>
    {
        Show(request, pieces);
        return Task.FromResult(UpstreamResult.Failed(outcome, new UpstreamError("It broke off.")) with
        {
            ReceivedCharacters = pieces.Sum(piece => piece.Length),
        });
    };

    /// <summary>Goes on once the gate opens.</summary>
    public static Behaviour After(Task gate, Behaviour then) => async (request, cancellationToken) =>
    {
        await gate.WaitAsync(cancellationToken);
        return await then(request, cancellationToken);
    };

    private static Behaviour Give(CallOutcome outcome, ChatAnswer answer) =>
        (_, _) => Task.FromResult(new UpstreamResult { Outcome = outcome, Answer = answer, Usage = Used });

    private static void Show(UpstreamRequest request, string[] pieces)
    {
        foreach (var piece in request.Sink is null ? [] : pieces)
        {
            request.Watch.OnBytes();
            request.Watch.OnFirstContent();
            request.Sink!.OnContent(piece);
        }
    }
}
