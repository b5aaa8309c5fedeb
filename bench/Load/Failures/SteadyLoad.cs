using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Ensemble.Load.Processes;
using OpenAI;
using OpenAI.Chat;

namespace Ensemble.Load.Failures;

/// <summary>
/// Callers in a closed loop, with the SDK that real ones have, which here tries nothing twice. Every other answer is streamed.
/// </summary>
internal sealed class SteadyLoad(FrontendRotation frontends, CancellationToken cancel) : IAsyncDisposable
{
    /// <summary>Longer than a gateway waits for its cluster.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(90);

    /// <summary>After a failure: a caller that asks again at once would only count how fast it is refused.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new(new AnswerWatch()) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<(ChildProcess, string), ChatClient> _clients = new();
    private readonly ConcurrentQueue<RequestRecord> _records = new();
    private readonly ConcurrentQueue<RequestRecord> _rehearsed = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    private readonly List<Task> _callers = [];
    private volatile bool _isOver;
    private int _number;

    /// <summary>Of all requests that have ended.</summary>
    public IReadOnlyList<RequestRecord> Records => [.. _records.OrderBy(record => record.SentAt)];

    /// <summary>Of requests before the load.</summary>
    public IReadOnlyList<RequestRecord> Rehearsed => [.. _rehearsed];

    /// <summary>Lets the processes warm up: what their first requests take says nothing, and their first calls go out long after they were admitted.</summary>
    public Task RehearseAsync(int callers, int requests) => Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
    {
        for (var i = 0; i < requests; i++)
        {
            var record = new RequestRecord(Interlocked.Increment(ref _number), await frontends.NextAsync(_stop.Token),
                streamed: (i + caller) % 2 == 0);
            await AskAsync(record, Cast.Rehearsal);
            _rehearsed.Enqueue(record);
        }
    }));

    public void Start(int callers)
    {
        for (var i = 0; i < callers; i++)
        {
            _callers.Add(CallAsync(i));
        }
    }

    /// <summary>A request that is not part of the load; its record is not kept.</summary>
    /// <returns>Its number, and the task of waiting for its end.</returns>
    public (int Number, Task Ended) AskAside(ChildProcess frontend, string model)
    {
        var record = new RequestRecord(Interlocked.Increment(ref _number), frontend, streamed: true);
        return (record.Number, AskAsync(record, model));
    }

    /// <summary>Nobody asks any more; what is in flight may end.</summary>
    public async Task EndAsync()
    {
        _isOver = true;
        _stop.CancelAfter(RequestTimeout);
        await Task.WhenAll(_callers);
        _callers.Clear();
        cancel.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task CallAsync(int caller)
    {
        try
        {
            // Not all at once: they would stay together.
            await Task.Delay(TimeSpan.FromMilliseconds(50 * caller), TimeProvider.System, _stop.Token);
            while (!_isOver)
            {
                var frontend = await frontends.NextAsync(_stop.Token);
                var number = Interlocked.Increment(ref _number);
                var record = new RequestRecord(number, frontend, streamed: (number + caller) % 2 == 0);
                await AskAsync(record, Cast.Ensemble);
                _records.Enqueue(record);
                if (record.Outcome != RequestOutcome.Answered)
                {
                    await Task.Delay(Pause, TimeProvider.System, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    private async Task AskAsync(RequestRecord record, string model)
    {
        AnswerWatch.Current = record;
        record.SentAt = Stopwatch.GetTimestamp();
        try
        {
            if (record.Frontend is not { } frontend)
            {
                throw new LoadException("no frontend is ready");
            }

            var client = _clients.GetOrAdd((frontend, model), static (key, http) => Client(key.Item1, key.Item2, http), _http);
            var text = record.Streamed ? await StreamAsync(client, record) : await WholeAsync(client, record);
            if (text != Cast.Answer)
            {
                throw new LoadException(record.ErrorEvent ?? "another text than the judge wrote");
            }

            record.Outcome = RequestOutcome.Answered;
        }
        catch (Exception problem)
        {
            record.Outcome = _stop.IsCancellationRequested ? RequestOutcome.Pending
                : record.ShownAt is not null ? RequestOutcome.Broken
                : problem is ClientResultException { Status: 503 } && problem.Message.Contains("overloaded", StringComparison.Ordinal) ? RequestOutcome.Refused
                : RequestOutcome.Lost;
            record.Error = record.ErrorEvent is { } code ? $"error event {code}" : Describe(problem);
        }

        record.EndedAt = Stopwatch.GetTimestamp();
    }

    private async Task<string> WholeAsync(ChatClient client, RequestRecord record)
    {
        var answer = await client.CompleteChatAsync([Message(record)], cancellationToken: _stop.Token);
        return string.Concat(answer.Value.Content.Select(part => part.Text));
    }

    private async Task<string> StreamAsync(ChatClient client, RequestRecord record)
    {
        var text = new StringBuilder();
        await foreach (var update in client.CompleteChatStreamingAsync([Message(record)], cancellationToken: _stop.Token))
        {
            foreach (var part in update.ContentUpdate)
            {
                record.ShownAt ??= part.Text.Length > 0 ? Stopwatch.GetTimestamp() : null;
                text.Append(part.Text);
            }
        }

        return text.ToString();
    }

    private static UserChatMessage Message(RequestRecord record)
    {
        var mark = Encoding.ASCII.GetBytes(RunMark.Placeholder);
        RunMark.Write(mark, record.Number);
        return new UserChatMessage($"{Encoding.ASCII.GetString(mark)}: how do we make reads faster?");
    }

    private static ChatClient Client(ChildProcess frontend, string model, HttpClient http) => new(
        model,
        new ApiKeyCredential(Names.CallerKey),
        new OpenAIClientOptions
        {
            Endpoint = new Uri(frontend.Address, "/v1"),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = RequestTimeout,
            Transport = new HttpClientPipelineTransport(http),
        });

    /// <summary>Alike for failures that are alike: without what names a request or a port.</summary>
    private static string Describe(Exception problem)
    {
        var innermost = problem.GetBaseException();
        var line = innermost.Message.Split('\n')[0].Trim();
        return innermost is LoadException or ClientResultException ? line : $"{innermost.GetType().Name}: {string.Concat(line.TakeWhile(c => c != '('))}".Trim();
    }
}
