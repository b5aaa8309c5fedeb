using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Usage;

/// <summary>
/// Writes each usage event as one line of JSON, from a queue of its own: a run never waits for a slow terminal or disk.
/// What does not fit into the queue is counted and said, not waited for. Four events a run through the console logger
/// cost more than the run itself (0.45 ms of processor time instead of 0.27).
/// </summary>
public sealed partial class JsonLinesUsageSink : IUsageSink, IAsyncDisposable
{
    /// <summary>Events that wait for the output at most.</summary>
    public const int QueueLength = 16_384;

    private const int BatchBytes = 64 * 1024;

    /// <summary>Events of this long are written together: a write for each would be felt by the runs.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    private readonly Channel<UsageEvent> _queue;
    private readonly Stream _output;
    private readonly TimeProvider _time;
    private readonly ILogger<JsonLinesUsageSink> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private readonly HalfFullDetector _halfFull = new(QueueLength);
    private long _dropped;

    /// <param name="output">Written to by this sink alone; not disposed.</param>
    public JsonLinesUsageSink(Stream output, TimeProvider time, ILogger<JsonLinesUsageSink> logger)
    {
        _output = output;
        _time = time;
        _logger = logger;
        _queue = Channel.CreateBounded<UsageEvent>(
            new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Events that were lost because the output was too slow, or broken.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Append(UsageEvent usage)
    {
        if (!_queue.Writer.TryWrite(usage))
        {
            Interlocked.Increment(ref _dropped);
        }
        else if (_queue.Reader.Count is var queued && _halfFull.Crosses(queued))
        {
            LogHalfFull(_logger, queued, QueueLength);
        }
    }

    /// <summary>Writes what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }

    private async Task WriteAllAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(BatchBytes);
        await using var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        long reported = 0;
        while (await _queue.Reader.WaitToReadAsync())
        {
            await Task.Delay(Gather, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var count = 0;
            while (_queue.Reader.TryRead(out var usage))
            {
                json.Reset();
                Write(json, usage);
                await json.FlushAsync();
                buffer.Write("\n"u8);
                count++;
                if (buffer.WrittenCount >= BatchBytes)
                {
                    await SendAsync(buffer, count);
                    count = 0;
                }
            }

            await SendAsync(buffer, count);
            if (Dropped is var dropped && dropped > reported)
            {
                LogDropped(_logger, dropped - reported);
                reported = dropped;
            }
        }
    }

    private async Task SendAsync(ArrayBufferWriter<byte> buffer, int count)
    {
        try
        {
            await _output.WriteAsync(buffer.WrittenMemory);
            await _output.FlushAsync();
        }
        catch (Exception)
        {
            // Whatever the output's fault is, those that come later may be written.
            Interlocked.Add(ref _dropped, count);
        }

        buffer.ResetWrittenCount();
    }

    private static void Write(Utf8JsonWriter json, UsageEvent usage)
    {
        json.WriteStartObject();
        json.WriteString("event"u8, "sub_call"u8);
        json.WriteString("started_at"u8, usage.StartedAt);
        json.WriteString("run"u8, usage.Run.Value);
        json.WriteNumber("incarnation"u8, usage.Incarnation);
        json.WriteString("ensemble"u8, usage.Ensemble);
        json.WriteString("caller"u8, usage.Caller);
        json.WriteString("role"u8, SnakeCase.Of(usage.Role));
        json.WriteString("step"u8, SnakeCase.Of(usage.Key.Step));
        json.WriteNumber("member"u8, usage.Key.Member);
        json.WriteNumber("sample"u8, usage.Key.Sample);
        json.WriteString("model"u8, usage.Model);
        json.WriteString("outcome"u8, SnakeCase.Of(usage.Outcome));
        json.WriteNumber("attempts"u8, usage.Attempts);
        WriteMilliseconds(json, "first_token_ms"u8, usage.FirstToken);
        WriteMilliseconds(json, "total_ms"u8, usage.Total);
        Write(json, "prompt_tokens"u8, usage.PromptTokens);
        Write(json, "completion_tokens"u8, usage.CompletionTokens);
        Write(json, "cached_tokens"u8, usage.CachedTokens);
        Write(json, "cache_write_tokens"u8, usage.CacheWriteTokens);
        Write(json, "reasoning_tokens"u8, usage.ReasoningTokens);
        json.WriteString("tokens"u8, SnakeCase.Of(usage.Source));
        if (usage.CostUsd is { } cost)
        {
            json.WriteNumber("cost_usd"u8, cost);
        }
        else
        {
            json.WriteNull("cost_usd"u8);
        }

        json.WriteEndObject();
    }

    private static void WriteMilliseconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, Math.Round(known.TotalMilliseconds, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    [LoggerMessage(
        EventId = EventIds.UsageDropped, EventName = nameof(EventIds.UsageDropped), Level = LogLevel.Warning,
        Message = "{Count} usage events were not written: the output is slower than they come, or broken. Check what reads standard "
            + "output.")]
    private static partial void LogDropped(ILogger logger, long count);

    [LoggerMessage(
        EventId = EventIds.UsageHalfFull, EventName = nameof(EventIds.UsageHalfFull), Level = LogLevel.Warning,
        Message = "{Queued} of {Capacity} usage events wait for the output: it is slower than they come. Check what reads standard "
            + "output.")]
    private static partial void LogHalfFull(ILogger logger, int queued, int capacity);
}
