using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Ensemble.Providers.Http;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>One HTTP request to a provider and what comes back, whatever its dialect.</summary>
/// <param name="holdback">How the model is known to think; null = it gives no text.</param>
internal abstract class ProviderCall(
    UpstreamHttp http, TimeProvider time, UpstreamRequest request, string? key, ModelHeaders headers, ReasoningHoldback? holdback = null)
{
    /// <summary>
    /// How long a stream is listened to whose answer is over: for its usage, and for its end, so that the connection can be used again.
    /// </summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    private const int MaxStreamBytes = 16 * 1024 * 1024;
    private const int MaxErrorBytes = 64 * 1024;

    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue Events = new("text/event-stream");

    private readonly AnswerBuilder _answer = new(request.Sink, request.Watch, request.KeepChoices, holdback, request.KeepCalls);

    // Some models are served as streams only.
    private bool AsksForStream => request.Sink is not null || request.Model.Params.AlwaysStreams;

    private ICallMonitor? StreamWatch => request.Sink is null ? null : request.Watch;

    /// <summary>Never throws. Called once.</summary>
    public async Task<UpstreamResult> SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var message = Message();
            headers.AddTo(message);
            message.Headers.Accept.Add(AsksForStream ? Events : Json);
            using var response = await http.SendAsync(message, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return await ReadErrorAsync(response, cancellationToken);
            }

            await using var body = await ResponseBody.OpenAsync(response.Content, cancellationToken);
            return await ResponseBody.IsStreamAsync(body, AsksForStream, cancellationToken)
                ? await ReadStreamAsync(body, cancellationToken)
                : await ReadWholeAsync(body, response.Content.Headers.ContentLength, cancellationToken);
        }
        catch (Exception exception)
        {
            // All of the answer was passed on: a connection that broke, or a call that was stopped, after it is no loss.
            return _answer.IsFinished && IsLostConnection(exception) ? Finished() : Failure(exception, cancellationToken);
        }
    }

    /// <summary>What an answer should be, in a word for operators.</summary>
    protected virtual string Expected => "a chat completion";

    /// <summary>Of an answer that comes whole, in bytes.</summary>
    protected virtual int MaxWholeBytes => 8 * 1024 * 1024;

    /// <summary>The request with the provider's address, key and body.</summary>
    protected abstract HttpRequestMessage Message();

    /// <exception cref="JsonException">Not an answer of this dialect.</exception>
    protected abstract Completion ReadWhole(ReadOnlySpan<byte> json);

    /// <param name="type">The event's own name; <c>message</c> where it has none.</param>
    /// <param name="data">Without white space around it; may be empty.</param>
    /// <exception cref="JsonException">Not an event of this dialect.</exception>
    protected abstract Completion ReadEvent(string type, ReadOnlySpan<byte> data);

    /// <summary>The end of an answer that is over, where its stream does not give it.</summary>
    protected virtual Completion End() => default;

    /// <summary>What an error means, in the terms of OpenAI's errors.</summary>
    /// <param name="error">As the provider said it; with its status where it came as an answer of its own.</param>
    protected virtual (CallOutcome Outcome, UpstreamError Error) Classify(UpstreamError error) =>
        (error.Status is { } status ? ErrorClassifier.Of((HttpStatusCode)status, error) : ErrorClassifier.Of(error), error);

    private async Task<UpstreamResult> ReadWholeAsync(Stream content, long? announced, CancellationToken cancellationToken)
    {
        using var body = await PooledBody.ReadAsync(content, announced, MaxWholeBytes, StreamWatch, cancellationToken);
        var completion = ReadWhole(Unmarked(body.Bytes));
        if (Reported(completion) is { } failure)
        {
            return failure;
        }

        if (completion.Vectors is { } vectors)
        {
            return new UpstreamResult { Outcome = CallOutcome.Ok, Answer = new ChatAnswer("", "stop") { Vectors = vectors }, Usage = completion.Usage };
        }

        if (completion.ChoiceCount == 0)
        {
            return Failure(CallOutcome.InvalidResponse, "The provider's answer has no choices.");
        }

        if (completion.LacksMessage)
        {
            return Failure(CallOutcome.InvalidResponse, "The provider's answer has a choice without a message.");
        }

        _answer.AddWhole(completion);
        return _answer.Result();
    }

    private async Task<UpstreamResult> ReadStreamAsync(Stream content, CancellationToken cancellationToken)
    {
        using var reading = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var stopping = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), reading);
        var isOver = false;
        try
        {
            await using var stream = new BoundedStream(content, MaxStreamBytes, StreamWatch);
            var events = SseParser.Create(stream, (type, data) => ReadEvent(type, data.Trim(" \t"u8)));
            await foreach (var item in events.EnumerateAsync(reading.Token))
            {
                var chunk = item.Data;
                if (!_answer.IsFinished && Reported(chunk) is { } failure)
                {
                    return failure;
                }

                _answer.AddChunk(chunk);
                if (chunk.IsDone)
                {
                    break;
                }

                // Choices may come one after the other, and each chunk may say that it is the last.
                var wasOver = isOver;
                isOver = chunk.IsOver || (chunk.HasChoices ? _answer.IsFinished : isOver);
                if (isOver != wasOver || (isOver && chunk.HasContent))
                {
                    reading.CancelAfter(isOver ? DrainTimeout : Timeout.InfiniteTimeSpan);
                }
            }
        }
        catch (Exception exception) when (isOver && IsLostConnection(exception))
        {
            // All of the answer came: a connection that stays open, that broke, or a call that was stopped, after it is no loss.
        }

        if (isOver && !_answer.IsFinished)
        {
            _answer.AddChunk(End());
        }

        return _answer.IsFinished
            ? Finished()
            : Failure(CallOutcome.Incomplete, "The provider's stream ended without a finish reason.");
    }

    /// <summary>The failure that an answer with a good status tells of, if it does.</summary>
    private UpstreamResult? Reported(in Completion completion)
    {
        if (completion.Error is null && !completion.IsBroken)
        {
            return null;
        }

        // What came with it is kept, for its usage.
        _answer.AddChunk(completion with { Content = null, RawChoices = null, Fields = null, FinishedChoices = 0, FinishReason = null });
        return Failed(completion.Error ?? new UpstreamError("The provider ended its answer with an error."));
    }

    private UpstreamResult Failed(UpstreamError reported)
    {
        var (outcome, error) = Classify(reported);
        if (reported.Status is null && outcome is CallOutcome.RateLimited or CallOutcome.ServerError)
        {
            error = error with { RetryAfter = RetryAfter.Later(error.RetryAfter, RetryAfter.Read(error.Message)) };
        }

        // Some servers repeat the key that they refuse.
        return _answer.Failure(outcome, error with
        {
            Message = Hidden(error.Message)!,
            Code = Hidden(error.Code),
            Type = Hidden(error.Type),
            Param = Hidden(error.Param),
        });

        string? Hidden(string? text) => text is null ? null : headers.Redact(
            key is null ? text : text.Replace(key, "***", StringComparison.Ordinal));
    }

    private UpstreamResult Finished()
    {
        try
        {
            _answer.Complete();
            return _answer.Result();
        }
        catch (Exception exception)
        {
            return Failure(exception, CancellationToken.None);
        }
    }

    private async Task<UpstreamResult> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var error = await ReadErrorBodyAsync(response.Content, cancellationToken);
        var isLimited = response.StatusCode == HttpStatusCode.TooManyRequests;
        var mayPass = isLimited || (int)response.StatusCode >= 500;
        return Failed(error with
        {
            Message = error.Message.Length > 0 ? error.Message : $"The provider answered with status {(int)response.StatusCode}.",
            Status = (int)response.StatusCode,
            RetryAfter = RetryAfter.Read(response.Headers, time)
                ?? (mayPass ? RetryAfter.Later(error.RetryAfter, RetryAfter.Read(error.Message)) : null)
                ?? (isLimited ? RetryAfter.ReadLimits(response.Headers, time) : null),
        });
    }

    private async Task<UpstreamError> ReadErrorBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await ResponseBody.OpenAsync(content, cancellationToken);
            using var body = await PooledBody.ReadStartAsync(stream, MaxErrorBytes, cancellationToken);
            return ErrorReader.ReadBody(Unmarked(body.Bytes), time);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException)
        {
            // The status says enough without the words.
            return new UpstreamError("");
        }
    }

    private UpstreamResult Failure(Exception exception, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Failure(CallOutcome.Cancelled, "The call was stopped before its answer was complete.");
        }

        return exception switch
        {
            AddressRefusedException =>
                _answer.Failure(
                    CallOutcome.NotFound, new UpstreamError(exception.Message) { Code = AddressRefusedException.Code, NeverSent = true }),
            BodyTooLargeException => Failure(CallOutcome.InvalidResponse, exception.Message),
            InvalidDataException or ReasoningLeakedException => Failure(CallOutcome.InvalidResponse, exception.Message),
            JsonException or InvalidOperationException or ArgumentException =>
                Failure(CallOutcome.InvalidResponse, $"The provider's answer is not {Expected}: {exception.Message}"),
            HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http =>
                Unreachable($"{http.HttpRequestError}: {http.Message}", IsBeforeTheRequest(http.HttpRequestError)),

            // The one time-out that is not ours is that of the connect.
            OperationCanceledException { InnerException: TimeoutException timeout } => Unreachable(timeout.Message, neverSent: true),
            _ => Failure(CallOutcome.TransportError, exception.Message),
        };
    }

    private static bool IsBeforeTheRequest(HttpRequestError error) => error
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
        or HttpRequestError.ProxyTunnelError;

    private UpstreamResult Unreachable(string message, bool neverSent) =>
        _answer.Failure(CallOutcome.TransportError, new UpstreamError(message) { NeverSent = neverSent });

    private static bool IsLostConnection(Exception exception) =>
        exception is OperationCanceledException or HttpRequestException or (IOException and not BodyTooLargeException);

    private UpstreamResult Failure(CallOutcome outcome, string message) => _answer.Failure(outcome, new UpstreamError(message));

    private static ReadOnlySpan<byte> Unmarked(ReadOnlySpan<byte> body) => body.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
