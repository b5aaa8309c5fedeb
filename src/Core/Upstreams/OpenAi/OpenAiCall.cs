using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Upstreams.Http;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>One HTTP request and what comes back.</summary>
internal sealed class OpenAiCall(UpstreamHttp http, TimeProvider time, UpstreamRequest request, ModelProfile profile, string? key)
{
    private const int LargestAnswer = 8 * 1024 * 1024;
    private const int LargestStream = 16 * 1024 * 1024;
    private const int LargestError = 64 * 1024;

    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue Events = new("text/event-stream");

    private readonly AnswerBuilder _answer = new(request.Sink, request.Watch, request.KeepChoices);

    private ICallWatch? StreamWatch => request.Sink is null ? null : request.Watch;

    /// <summary>Never throws.</summary>
    public async Task<UpstreamResult> SendAsync(RequestEdits edits, CancellationToken cancellationToken)
    {
        try
        {
            using var message = Message(edits);
            using var response = await http.SendAsync(message, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return await ReadErrorAsync(response, cancellationToken);
            }

            var isWhole = request.Sink is null || response.Content.Headers.ContentType?.MediaType == "application/json";
            return isWhole
                ? await ReadWholeAsync(response.Content, cancellationToken)
                : await ReadStreamAsync(response.Content, cancellationToken);
        }
        catch (Exception exception)
        {
            // All of the answer was there: what broke or was stopped after it is no loss.
            return _answer.IsFinished ? Finished() : Failure(exception, cancellationToken);
        }
    }

    private HttpRequestMessage Message(RequestEdits edits)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, profile.Endpoint)
        {
            Content = new RequestBodyContent(RequestRewriter.Rewrite(request.Chat, edits)),
        };
        message.Headers.Accept.Add(request.Sink is null ? Json : Events);
        if (key is not null && profile.IsAzure)
        {
            message.Headers.Add("api-key", key);
        }
        else if (key is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return message;
    }

    private async Task<UpstreamResult> ReadWholeAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var body = await PooledBody.ReadAsync(content, LargestAnswer, StreamWatch, cancellationToken);
        var completion = CompletionReader.Read(Unmarked(body.Bytes), request.KeepChoices);
        if (Reported(completion) is { } failure)
        {
            return failure;
        }

        if (completion.ChoiceCount == 0)
        {
            return Failure(CallOutcome.InvalidResponse, "The provider's answer has no choices.");
        }

        _answer.AddWhole(completion);
        return _answer.Result();
    }

    private async Task<UpstreamResult> ReadStreamAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = new BoundedStream(await content.ReadAsStreamAsync(cancellationToken), LargestStream, StreamWatch);
        await foreach (var item in SseParser.Create(stream, ReadEvent).EnumerateAsync(cancellationToken))
        {
            var chunk = item.Data;
            if (chunk.IsDone)
            {
                break;
            }

            if (!_answer.IsFinished && Reported(chunk) is { } failure)
            {
                return failure;
            }

            _answer.AddChunk(chunk);
        }

        return _answer.IsFinished
            ? Finished()
            : Failure(CallOutcome.Incomplete, "The provider's stream ended without a finish reason.");
    }

    private Completion ReadEvent(string type, ReadOnlySpan<byte> data)
    {
        data = data.Trim(" \t"u8);
        if (data.SequenceEqual("[DONE]"u8))
        {
            return new Completion { IsDone = true };
        }

        if (type == "error")
        {
            return new Completion { Error = ErrorReader.ReadBody(data) };
        }

        return data.IsEmpty ? default : CompletionReader.Read(data, request.KeepChoices);
    }

    /// <summary>The failure that an answer with a good status tells of, if it does.</summary>
    private UpstreamResult? Reported(in Completion completion)
    {
        if (completion.Error is null && completion.FinishReason != "error")
        {
            return null;
        }

        // What came with it is kept, for its usage.
        _answer.AddChunk(completion with { Content = null, RawChoices = null, FinishedChoices = 0, FinishReason = null });
        var error = completion.Error ?? new UpstreamError("The provider ended its answer with an error.");
        return _answer.Failure(ErrorOutcome.Of(error), Redacted(error));
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
        return _answer.Failure(ErrorOutcome.Of(response.StatusCode, error), error with
        {
            Message = error.Message.Length > 0 ? error.Message : $"The provider answered with status {(int)response.StatusCode}.",
            Status = (int)response.StatusCode,
            RetryAfter = RetryAfter.Read(response.Headers, isLimited, time) ?? (isLimited ? RetryAfter.Read(error.Message) : null),
        });
    }

    private async Task<UpstreamError> ReadErrorBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await PooledBody.ReadStartAsync(content, LargestError, cancellationToken);
            return Redacted(ErrorReader.ReadBody(Unmarked(body.Bytes)));
        }
        catch (IOException)
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
                _answer.Failure(CallOutcome.NotFound, new UpstreamError(exception.Message) { Code = AddressRefusedException.Code }),
            BodyTooLargeException => Failure(CallOutcome.InvalidResponse, exception.Message),
            JsonException or InvalidOperationException =>
                Failure(CallOutcome.InvalidResponse, $"The provider's answer is not a chat completion: {exception.Message}"),
            HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http =>
                Failure(CallOutcome.TransportError, $"{http.HttpRequestError}: {http.Message}"),
            _ => Failure(CallOutcome.TransportError, exception.Message),
        };
    }

    private UpstreamResult Failure(CallOutcome outcome, string message) => _answer.Failure(outcome, new UpstreamError(message));

    // Some servers repeat the key that they refuse.
    private UpstreamError Redacted(UpstreamError error) =>
        key is null ? error : error with { Message = error.Message.Replace(key, "***", StringComparison.Ordinal) };

    private static ReadOnlySpan<byte> Unmarked(ReadOnlySpan<byte> body) => body.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
