using System.Text;
using System.Text.Json;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Recording;

/// <summary>
/// The answers that models gave, in a file that grows by a line with each of them: an evaluation that was stopped goes on where it was. It
/// also says which calls were about to be made, so that what a process took with it when it was killed counts as paid. Thread-safe.
/// </summary>
internal sealed class AnswerRecording : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModelCallResult> _answers = [];
    private readonly Dictionary<(string Question, string Model), string> _imported = [];
    private readonly Dictionary<string, decimal> _pending = [];
    private readonly Stream? _stream;
    private decimal _answered;

    private AnswerRecording(Stream? stream) => _stream = stream;

    /// <summary>US dollars that its calls cost, those of which no end is known at their most.</summary>
    public decimal Spent
    {
        get
        {
            lock (_lock)
            {
                return _answered + _pending.Values.Sum();
            }
        }
    }

    /// <param name="path">Null = nothing is kept.</param>
    /// <param name="retryFailed">Whether failures are forgotten, so that their calls are made again.</param>
    /// <exception cref="EvaluationException">The file cannot be opened, or has a line that is not a recorded call.</exception>
    public static AnswerRecording Open(string? path, bool retryFailed)
    {
        if (path is null)
        {
            return new AnswerRecording(stream: null);
        }

        try
        {
            // Two evaluations that append to one file would make lines of both.
            return Open(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), path, retryFailed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"--record {path}: cannot be opened: {exception.Message}");
        }
    }

    internal static AnswerRecording Open(Stream stream, string name, bool retryFailed)
    {
        var recording = new AnswerRecording(stream);
        try
        {
            recording.Load(name, retryFailed);
            return recording;
        }
        catch
        {
            recording.Dispose();
            throw;
        }
    }

    public ModelCallResult? Find(string key)
    {
        lock (_lock)
        {
            return _answers.GetValueOrDefault(key);
        }
    }

    /// <returns>What a recording of others has for the question; null = nothing.</returns>
    public string? FindImported(string question, string text, string model)
    {
        lock (_lock)
        {
            return _imported.GetValueOrDefault((question, model)) ?? _imported.GetValueOrDefault((text, model));
        }
    }

    /// <summary>Says that a call is about to be made.</summary>
    public void Begin(string key, decimal usd)
    {
        lock (_lock)
        {
            Write(RecordingLine.Pending(key, usd));
            TakePending(key, usd);
        }
    }

    /// <summary>Keeps what came of a call.</summary>
    /// <param name="usd">What it cost, at most.</param>
    public void End(string key, string question, string model, decimal usd, ModelCallResult result)
    {
        lock (_lock)
        {
            Write(RecordingLine.Answer(key, question, model, usd, result));
            Take(key, usd, result);
        }
    }

    public void Dispose() => _stream?.Dispose();

    // Of a call that is made again no end was known: it may have been billed.
    private void TakePending(string key, decimal usd)
    {
        _answered += _pending.GetValueOrDefault(key);
        _pending[key] = usd;
    }

    private void Take(string key, decimal usd, ModelCallResult result)
    {
        _pending.Remove(key);
        _answered += usd;
        _answers[key] = result;
    }

    // One write a line, handed to the operating system at once: a process that is killed has cut at most the last one.
    private void Write(byte[] line)
    {
        _stream?.Write(line);
        _stream?.Flush();
    }

    private void Load(string name, bool retryFailed)
    {
        var bytes = new byte[checked((int)_stream!.Length)];
        _stream.ReadExactly(bytes);
        var number = 0;
        for (var start = 0; start < bytes.Length;)
        {
            number++;
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            var isCut = length < 0;
            var line = bytes.AsMemory(start, isCut ? bytes.Length - start : length);
            using var document = JsonSanitizer.TryParse(line);
            if (isCut && document is null)
            {
                // The process that wrote it was killed while it did.
                _stream.SetLength(start);
                break;
            }

            if (isCut)
            {
                _stream.Position = bytes.Length;
                _stream.Write("\n"u8);
            }

            if (document is null ? !line.Span.Trim(" \t\r"u8).IsEmpty : !TryTake(document.RootElement, retryFailed))
            {
                throw new EvaluationException(
                    $"--record {name}, line {number}: is no line of a recording: {Beginning(line.Span)}. A recording has lines with "
                    + "\"key\" and \"answer\", as this command writes them, or \"question\" or \"id\", \"model\" and \"text\".");
            }

            start += line.Length + 1;
        }

        _stream.Position = _stream.Length;
    }

    private bool TryTake(JsonElement line, bool retryFailed)
    {
        var usd = line.Member("usd")?.Exact() ?? 0;
        if (line.Member("pending")?.Text() is { } pending)
        {
            TakePending(pending, usd);
            return true;
        }

        if (line.Member("key")?.Text() is { } key && RecordingLine.Result(line) is { } result)
        {
            Take(key, usd, result);
            if (retryFailed && result.Outcome != CallOutcome.Ok)
            {
                _answers.Remove(key);
            }

            return true;
        }

        return TryImport(line);
    }

    private bool TryImport(JsonElement line)
    {
        string[] names = [.. new[] { line.Member("id"), line.Member("question") }.Select(static name => name?.Text()).OfType<string>()];
        var responses = (line.Member("responses") ?? default).Members().Select(static response =>
            (Model: (string?)response.NameText(), Text: response.Value.Text() ?? response.Value.Member("text")?.Text()));
        var single = (Model: line.Member("model")?.Text(), Text: (line.Member("text") ?? line.Member("response"))?.Text());
        var taken = false;
        foreach (var (model, text) in responses.Append(single))
        {
            foreach (var name in model is null || text is null ? [] : names)
            {
                _imported[(name, model!)] = text!;
                taken = true;
            }
        }

        return taken;
    }

    private static string Beginning(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[..Math.Min(line.Length, 60)]);
}
