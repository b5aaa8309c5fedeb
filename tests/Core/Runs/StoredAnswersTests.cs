using System.Text;
using System.Threading.Channels;
using Ensemble.Catalog.Secrets;
using Ensemble.Chat;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Runs;

public sealed class StoredAnswersTests
{
    private static readonly RunId Run = RunBench.Id;

    private static readonly SubCallKey First = new(SubCallStep.Candidate, 0, 0);

    private static readonly SubCallKey Second = new(SubCallStep.Candidate, 1, 2);

    private readonly ManualTimeProvider _clock = new();

    private readonly WatchedStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resume_OnAnotherMachine_KnowsWhatWasFinished()
    {
        var result = Answer("Paris, of course.") with
        {
            Usage = new TokenUsage(11, 7) { CachedTokens = 3 },
            Attempts = 2,
            Total = TimeSpan.FromMilliseconds(731),
            FirstToken = TimeSpan.FromMilliseconds(12),
            ReceivedCharacters = 17,
            DroppedParameters = ["seed"],
            Answer = new ChatAnswer("Paris, of course.", "stop") { Choices = """[{"index":0}]"""u8.ToArray(), CallsTools = true },
        };
        Answers('7').Begin(Run).Add(First, result);
        Answers('7').Begin(Run).Add(Second, Answer("Lyon."));
        await _store.SavedAsync(2, Token);

        var memory = await Answers('7').ResumeAsync(Run);

        var recalled = memory.Find(First).ShouldNotBeNull();
        recalled.Answer!.Choices.ToArray().ShouldBe(result.Answer.Choices.ToArray());
        (recalled with { Answer = null, DroppedParameters = [] }).ShouldBe(result with { Answer = null, DroppedParameters = [] });
        (recalled.Answer with { Choices = default, Fields = default, UsageFields = default })
            .ShouldBe(result.Answer with { Choices = default, Fields = default, UsageFields = default });
        recalled.DroppedParameters.ShouldBe(["seed"]);
        memory.Find(Second)!.Answer!.Content.ShouldBe("Lyon.");
        _store.Saves.ShouldBe(2, "what was restored is not stored again");
        (await Answers('7').ResumeAsync(RunId.New())).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Store_HoldsNothingThatCanBeRead()
    {
        Answers('7').Begin(Run).Add(First, Answer("the secret answer"));
        await _store.SavedAsync(1, Token);

        var payload = (await _store.LoadAnswersAsync(Run, _clock.GetUtcNow(), Token)).ShouldHaveSingleItem().Payload;

        Encoding.Latin1.GetString(payload.Span).ShouldNotContain("secret");
        (await Answers('8').ResumeAsync(Run)).IsEmpty.ShouldBeTrue("another key opens nothing");
    }

    [Fact]
    public async Task Resume_AnswerMovedToAnotherRunOrKey_IsNotTaken()
    {
        Answers('7').Begin(Run).Add(First, Answer("Paris."));
        await _store.SavedAsync(1, Token);
        var stored = (await _store.LoadAnswersAsync(Run, _clock.GetUtcNow(), Token))[0];
        var (now, later) = (_clock.GetUtcNow(), _clock.GetUtcNow() + StoredAnswers.Lifetime);
        var other = RunId.New();
        await _store.SaveAnswerAsync(other, stored, later, now, Token);
        await _store.SaveAnswerAsync(Run, stored with { Key = Second }, later, now, Token);

        (await Answers('7').ResumeAsync(other)).IsEmpty.ShouldBeTrue();
        (await Answers('7').ResumeAsync(Run)).Find(Second).ShouldBeNull();
    }

    [Fact]
    public async Task Begin_WithoutAMasterKey_StoresNothing()
    {
        var answers = new StoredAnswers(_store, null, _clock, NullLogger<StoredAnswers>.Instance);
        var memory = answers.Begin(Run);

        memory.Add(First, Answer("Paris."));

        memory.Find(First).ShouldNotBeNull();
        (await answers.ResumeAsync(Run)).IsEmpty.ShouldBeTrue();
        _store.Saves.ShouldBe(0);
    }

    [Fact]
    public async Task Resume_StoreUnavailable_StartsOver()
    {
        _store.IsUnavailable = true;

        (await Answers('7').ResumeAsync(Run)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Resume_LifetimeIsOver_KnowsNothing()
    {
        Answers('7').Begin(Run).Add(First, Answer("Paris."));
        await _store.SavedAsync(1, Token);

        _clock.Advance(StoredAnswers.Lifetime);

        (await Answers('7').ResumeAsync(Run)).IsEmpty.ShouldBeTrue();
    }

    private static ModelCallResult Answer(string text) => new()
    {
        Outcome = CallOutcome.Ok,
        Answer = new ChatAnswer(text, "stop"),
        Attempts = 1,
        StartedAt = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Total = TimeSpan.FromSeconds(1),
    };

    private StoredAnswers Answers(char key) =>
        new(_store, SecretSealer.TryCreate(new string(key, 64), out var sealer) ? sealer : null, _clock, NullLogger<StoredAnswers>.Instance);

    private sealed class WatchedStore : IRunStore
    {
        private readonly InMemoryRunStore _inner = new();
        private readonly Channel<bool> _saved = Channel.CreateUnbounded<bool>();
        private int _saves;

        public bool IsUnavailable { get; set; }

        public int Saves => Volatile.Read(ref _saves);

        public async Task SavedAsync(int count, CancellationToken cancellationToken)
        {
            for (var seen = 0; seen < count; seen++)
            {
                await _saved.Reader.ReadAsync(cancellationToken);
            }
        }

        public async Task SaveAnswerAsync(RunId run, StoredAnswer answer, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken)
        {
            await _inner.SaveAnswerAsync(run, answer, expiresAt, now, cancellationToken);
            Interlocked.Increment(ref _saves);
            _saved.Writer.TryWrite(true);
        }

        public Task<IReadOnlyList<StoredAnswer>> LoadAnswersAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken) =>
            IsUnavailable ? Task.FromException<IReadOnlyList<StoredAnswer>>(new IOException("away"))
                : _inner.LoadAnswersAsync(run, now, cancellationToken);

        public Task<RunClaim> ClaimAsync(RunClaim claim, DateTimeOffset now, CancellationToken cancellationToken) => _inner.ClaimAsync(claim, now, cancellationToken);

        public Task<RunClaim?> TakeClaimAsync(string scope, DateTimeOffset now, CancellationToken cancellationToken) =>
            _inner.TakeClaimAsync(scope, now, cancellationToken);

        public Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
            _inner.DeleteExpiredAsync(now, limit, cancellationToken);
    }
}
