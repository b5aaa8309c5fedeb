using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Models;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>
/// What a strategy works with: the request, the catalog that the run began with, its clock, its journal, its sub-calls, and where it says
/// what it found.
/// </summary>
internal sealed class RunContext
{
    private readonly RunServices _services;
    private readonly SubCallCache _memory;
    private readonly StoredCalls _stored;
    private readonly long _started;
    private readonly Lock _outputLock = new();
    private AnswerFormat? _format;
    private List<RunEvent>? _bufferedOutput;
    private (EnsembleConfig Of, AnswerReader Reader)? _reader;
    private Task<ToolTurn>? _turn;

    /// <param name="deadline">Its token cancels every sub-call.</param>
    public RunContext(
        RunRequest request, CatalogSnapshot catalog, RunServices services, SubCallCache memory, RunJournal journal, RunDeadline deadline,
        ILogger logger)
    {
        Request = request;
        Catalog = catalog;
        Journal = journal;
        Deadline = deadline;
        _services = services;
        _memory = memory;
        var ensemble = catalog.Ensembles.GetValueOrDefault(request.Chat.Model);
        var budget = new RunBudget(ensemble?.Budget ?? BudgetConfig.None);
        var isStored = services.Panels is not null && ensemble is not null;
        _stored = new StoredCalls(
            isStored && !IsReplay && ReplayRules.HasPanel(ensemble!.Strategy), isStored && services.CaptureContent);
        Diagnostics = new RunDiagnostics(journal);
        Usage = new RunUsage(request, budget, services.Usage, logger);
        Calls = new RunCalls(request, services, memory, budget, Usage, ensemble?.OnBudget ?? default, _stored);
        _started = services.Time.GetTimestamp();
        StartedAt = services.Time.GetUtcNow();
    }

    public RunRequest Request { get; }

    public ChatRequest Chat => Request.Chat;

    /// <summary>Whether the panel's answers are those of another run.</summary>
    public bool IsReplay => Request.Replay is not null;

    public CatalogSnapshot Catalog { get; }

    public RunJournal Journal { get; }

    public RunDeadline Deadline { get; }

    public RunCalls Calls { get; }

    public RunUsage Usage { get; }

    public RunDiagnostics Diagnostics { get; }

    public TimeProvider Time => _services.Time;

    public DateTimeOffset StartedAt { get; }

    public TimeSpan Elapsed => Time.GetElapsedTime(_started);

    /// <summary>From the start to the first piece of the answer; null where none was shown.</summary>
    public TimeSpan? FirstOutput { get; private set; }

    public EmbeddingCache Embeddings => _services.Embeddings;

    /// <summary>What the caller wants of the answer.</summary>
    public AnswerFormat Format => _format ??= AnswerFormat.Of(Chat, Deadline.Token);

    /// <summary>What reads the answers of an ensemble: the same one each time, so that no answer is read twice.</summary>
    public AnswerReader Reader(EnsembleConfig ensemble)
    {
        if (_reader is not { } reader || reader.Of != ensemble)
        {
            reader = (ensemble, AnswerReader.For(Chat, ensemble.AnswerType, ToolOffer.ForMembers(Chat, ensemble.Tools).IsOpen));
            _reader = reader;
        }

        return reader.Reader;
    }

    public IAdviceStore AdviceStore => _services.Advice;

    /// <summary>How the request's tools are handled; decided once for the run.</summary>
    public Task<ToolTurn> TurnAsync(EnsembleConfig ensemble) => _turn ??= ToolTurn.BeginAsync(this, ensemble);

    public bool CapturesContent => _services.CaptureContent;

    /// <summary>A random sequence that is the same in each incarnation of this run.</summary>
    public Random Random(string purpose) => RunSeed.For(Request.Id, purpose);

    /// <summary>Adds a piece of the answer for the caller.</summary>
    /// <returns>False where the answer is larger than a run may hold.</returns>
    public bool Show(RunEvent delta)
    {
        lock (_outputLock)
        {
            if (_bufferedOutput is { } held)
            {
                held.Add(delta);
                return true;
            }

            return Append(delta);
        }
    }

    /// <summary>Has pieces of the answer wait for <see cref="ReleaseOutput"/>: something is still to be told before them.</summary>
    public void BufferOutput()
    {
        lock (_outputLock)
        {
            _bufferedOutput = [];
        }
    }

    /// <returns>False where the answer is larger than a run may hold.</returns>
    public bool ReleaseOutput()
    {
        lock (_outputLock)
        {
            var held = _bufferedOutput ?? [];
            _bufferedOutput = null;
            return held.TrueForAll(Append);
        }
    }

    /// <summary>Gets the panel's answers that are replayed, where this is a replay.</summary>
    /// <returns>Why they cannot be used; null = they can, or are not needed.</returns>
    public async Task<RunFailure?> SeedAsync()
    {
        if (Request.Replay is not { } replay)
        {
            return null;
        }

        var ensemble = Catalog.Ensembles[Chat.Model];
        var panel = _services.Panels is { } panels ? await panels.FindAsync(replay.Of, endedAt: null, CancellationToken.None) : null;
        if (panel is null or { IsTooLarge: true } or { HasAnswers: false } || !panel.Matches(ensemble, Chat, Catalog))
        {
            return new RunFailure(
                RunFailureKind.AnswersNotStored, "The stored answers of the run have gone, or its panel was changed just now.")
            { IsPermanent = true };
        }

        panel.Seed(_memory, ensemble, Chat, Catalog, StartedAt);
        return null;
    }

    /// <summary>
    /// Stores the panel's answers for replays, and with captured content the other calls and the answer. Called when all sub-calls have
    /// ended.
    /// </summary>
    public void StoreAnswers(RunEnd end)
    {
        var panel = _stored.Panel;
        if (panel.Count == 0 && !_stored.KeepsOthers)
        {
            return;
        }

        var content = _stored.KeepsOthers
            ? new StoredContent(_stored.Others, Journal.Text(), end.Answer?.Refusal, end.Answer?.Choices ?? default)
            : null;
        _services.Panels!.Keep(Request.Id, StoredPanel.Of(Chat, Catalog.Ensembles[Chat.Model], panel, content));
    }

    private bool Append(RunEvent delta)
    {
        if (!Journal.Shown)
        {
            Deadline.OnFirstOutput();
            FirstOutput ??= Elapsed;
        }

        return Journal.Append(delta);
    }
}
