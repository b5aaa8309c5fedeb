using Ensemble.Catalog.Serving;
using Ensemble.Execution;
using Ensemble.Runs;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunHostTests
{
    private readonly RunBench _bench = new();
    private readonly ByteBudget _buffers = new(64 * 1024 * 1024);

    public RunHostTests() => _bench.Upstream.On("a", Does.Say("one")).On("b", Does.Say("two")).On("c", Does.Say("three"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_AsManyRunsAsAllowed_RefusesOneMoreUntilOneHasEnded()
    {
        _bench.Upstream.On("c", Does.Hang());
        var engine = Engine(maxRuns: 1);
        var first = await StartAsync(engine);
        await _bench.Upstream.CalledAsync("c");

        (await engine.StartAsync(Request(RunId.New()), Token)).ShouldBe(RunStart.Overloaded);
        await engine.CancelAsync(first, Token);
        (await ReadAsync(engine, first))[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.Cancelled);
        await IdleAsync(engine);
        (await engine.StartAsync(Request(RunId.New()), Token)).ShouldBe(RunStart.Started);
    }

    [Fact]
    public async Task Start_AccountsPileUp_IsRefusedUntilTheyAreWritten()
    {
        var engine = Engine();
        _bench.IsNearlyFull = true;

        (await engine.StartAsync(Request(RunId.New()), Token)).ShouldBe(RunStart.Overloaded);
        engine.InFlight.ShouldBe(0);
        _bench.IsNearlyFull = false;

        (await ReadAsync(engine, await StartAsync(engine)))[^1].ShouldBeOfType<RunCompleted>();
    }

    [Fact]
    public async Task Start_UnknownAlias_TakesNoPlace()
    {
        var engine = Engine(maxRuns: 1);

        (await engine.StartAsync(Request(RunId.New(), "nobody"), Token)).ShouldBe(RunStart.UnknownModel);
        engine.InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Drain_RunInFlight_IsWaitedForAndNoOtherIsTaken()
    {
        var gate = new TaskCompletionSource();
        _bench.Upstream.On("judge", Does.After(gate.Task, Does.Say("done")));
        var engine = Engine();
        var run = await StartAsync(engine);
        await _bench.Upstream.CalledAsync("judge");

        var draining = engine.DrainAsync(Token);
        (await engine.StartAsync(Request(RunId.New()), Token)).ShouldBe(RunStart.Draining);
        draining.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await IdleAsync(engine);
        draining.IsCompleted.ShouldBeFalse("its answer is to be read");

        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunCompleted>();
        await draining.WaitAsync(Token);
        await engine.DrainAsync(Token).WaitAsync(Token);
    }

    [Fact]
    public async Task Drain_TimeIsOver_CancelsWhatIsInFlight()
    {
        using var patience = new CancellationTokenSource();
        _bench.Upstream.On("judge", Does.Hang());
        var engine = Engine();
        var run = await StartAsync(engine);
        await _bench.Upstream.CalledAsync("judge");

        var draining = engine.DrainAsync(patience.Token);
        await patience.CancelAsync();
        await draining.WaitAsync(Token);

        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.Cancelled);
    }

    [Fact]
    public async Task Read_AfterTheEnd_StillGivesEverything()
    {
        var engine = Engine();
        var run = await StartAsync(engine);
        await IdleAsync(engine);

        var events = await ReadAsync(engine, run);

        events[0].ShouldBeOfType<PanelClosed>();
        events[^1].ShouldBeOfType<RunCompleted>();
    }

    [Fact]
    public async Task Read_TwoReaders_BothSeeTheEndAndTheManifestStays()
    {
        var gate = new TaskCompletionSource();
        _bench.Upstream.On("judge", Does.After(gate.Task, Does.Say("done")));
        var engine = Engine();
        var run = await StartAsync(engine);
        await _bench.Upstream.CalledAsync("judge");
        await using var slow = engine.ReadAsync(run, 0, Token).GetAsyncEnumerator(Token);
        (await slow.MoveNextAsync()).ShouldBeTrue();
        gate.SetResult();
        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunCompleted>();
        await IdleAsync(engine);
        (await engine.FindManifestAsync(run, Token)).ShouldNotBeNull();

        RunEvent? last = null;
        while (await slow.MoveNextAsync())
        {
            last = slow.Current;
        }

        last.ShouldBeOfType<RunCompleted>();
        (await engine.FindManifestAsync(run, Token))!.Outcome.ShouldBe("completed");
    }

    [Fact]
    public async Task Read_ReaderWhoLeavesAtTheEnd_FreesTheAnswerAndKeepsTheManifest()
    {
        var engine = Engine();
        var run = await StartAsync(engine);

        await foreach (var runEvent in engine.ReadAsync(run, 0, Token))
        {
            if (runEvent is RunCompleted)
            {
                break;
            }
        }

        (await ReadAsync(engine, run)).ShouldBeEmpty();
        (await engine.FindManifestAsync(run, Token))!.Outcome.ShouldBe("completed");
    }

    [Fact]
    public async Task Read_ReaderWhoLeavesBefore_FindsItAllAgain()
    {
        var engine = Engine();
        var run = await StartAsync(engine);

        await foreach (var _ in engine.ReadAsync(run, 0, Token))
        {
            break;
        }

        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunCompleted>();
    }

    [Fact]
    public async Task Read_UnknownRun_IsEmpty()
    {
        var engine = Engine();
        (await ReadAsync(engine, RunId.New())).ShouldBeEmpty();
        (await engine.FindManifestAsync(RunId.New(), Token)).ShouldBeNull();
        await engine.CancelAsync(RunId.New(), Token);
    }

    [Fact]
    public async Task Keep_MoreManifestsThanItMay_ForgetsTheOldest()
    {
        var engine = Engine();
        var runs = new List<RunId>();
        for (var index = 0; index < RunHost.MaxManifests + 3; index++)
        {
            runs.Add(await StartAsync(engine, "a"));
            await ReadAsync(engine, runs[^1]);
            await IdleAsync(engine);
        }

        for (var index = 0; index < 3; index++)
        {
            (await engine.FindManifestAsync(runs[index], Token)).ShouldBeNull();
        }

        (await engine.FindManifestAsync(runs[3], Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Keep_AnswersThatNobodyReads_StayForTheLeaseAndTheirManifestsAreBounded()
    {
        var engine = Engine();
        var runs = new List<RunId>();
        for (var index = 0; index < RunHost.MaxManifests + 3; index++)
        {
            runs.Add(await StartAsync(engine, "a"));
            await IdleAsync(engine);
        }

        _bench.Time.Advance(RunHost.LeaseLifetime);
        (await ReadAsync(engine, runs[0])).Count.ShouldBe(1);
        _bench.Time.Advance(RunHost.SweepInterval);

        var known = 0;
        foreach (var run in runs)
        {
            (await ReadAsync(engine, run)).ShouldBeEmpty();
            known += await engine.FindManifestAsync(run, Token) is null ? 0 : 1;
        }

        known.ShouldBe(RunHost.MaxManifests);
        _buffers.Used.ShouldBe(0);
    }

    [Fact]
    public async Task Keep_RunThatNobodyAsksAfter_IsStoppedAfterTheLease()
    {
        _bench.Upstream.On("judge", Does.Hang());
        var engine = Engine();
        var run = await StartAsync(engine);
        await _bench.Upstream.CalledAsync("judge");

        _bench.Time.Advance(RunHost.LeaseLifetime + RunHost.SweepInterval);

        await IdleAsync(engine);
        (await engine.FindManifestAsync(run, Token))!.Outcome.ShouldBe("cancelled");
    }

    [Fact]
    public async Task Keep_RunThatIsRead_GoesOnBeyondTheLease()
    {
        var rest = new TaskCompletionSource();
        _bench.Upstream.On("judge", Does.After(rest.Task, Does.Say("done")));
        var engine = Engine();
        var run = await StartAsync(engine);
        var reading = ReadAsync(engine, run);
        await _bench.Upstream.CalledAsync("judge");

        _bench.Time.Advance(RunHost.LeaseLifetime * 2);
        rest.SetResult();

        (await reading)[^1].ShouldBeOfType<RunCompleted>();
        await IdleAsync(engine);
        _buffers.Used.ShouldBe(0, "an answer that was read is freed at once");
    }

    [Fact]
    public async Task Keep_KeyedRunsBesideManyOthers_AllCanBeReadForTenMinutes()
    {
        var engine = Engine();
        var keyed = new List<RunId>();
        for (var index = 0; index < RunHost.MaxManifests + 100; index++)
        {
            keyed.Add(await StartAsync(engine, "a", isKept: true));
            await ReadAsync(engine, await StartAsync(engine, "a"));
            await IdleAsync(engine);
        }

        _bench.Time.Advance(RepeatedRequests.AnswerRetention - TimeSpan.FromSeconds(1));
        foreach (var run in keyed)
        {
            (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunCompleted>();
            (await engine.FindManifestAsync(run, Token)).ShouldNotBeNull();
        }

        // They were read just now: they stay as long as a reader elsewhere may come back for them.
        _bench.Time.Advance(RunHost.LeaseLifetime + (RunHost.SweepInterval * 2));
        (await ReadAsync(engine, keyed[0])).ShouldBeEmpty();
        _buffers.Used.ShouldBe(0);
    }

    [Fact]
    public async Task Start_NoRoomForAnAnswer_IsRefusedBeforeAnythingIsPaid()
    {
        var engine = Engine();
        _buffers.Take(_buffers.Limit - RunJournal.Step + 1);

        (await engine.StartAsync(Request(RunId.New()) with { IsKept = true }, Token)).ShouldBe(RunStart.Overloaded);

        engine.InFlight.ShouldBe(0);
        _bench.Usage.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_RoomIsShort_WhatWasReadElsewhereGoesAndWhatIsAwaitedStays()
    {
        var (host, engine) = Hosted();
        var keyed = await StartAsync(engine, isKept: true);
        var awaited = await StartAsync(engine);
        var taken = await StartAsync(engine, "a");
        await IdleAsync(engine);
        host.Find(taken).ShouldNotBeNull().Settle();
        _buffers.Take(_buffers.Limit - _buffers.Used);

        (await engine.StartAsync(Request(RunId.New(), "a"), Token)).ShouldBe(RunStart.Overloaded);

        (await ReadAsync(engine, taken)).ShouldBeEmpty();
        (await engine.FindManifestAsync(taken, Token)).ShouldNotBeNull();
        foreach (var run in (RunId[])[keyed, awaited])
        {
            (await ReadAsync(engine, run)).Count.ShouldBeGreaterThan(1);
        }
    }

    [Fact]
    public async Task Start_OneCallersKeptAnswersFillTheMemory_OldestOfItGiveWayAndOthersStay()
    {
        _bench.Upstream.On("judge", Does.Say(new string('x', 1_500_000)));
        var (host, engine) = Hosted();
        var others = await KeepAsync("bob");
        var greedy = new List<RunId>();
        while (_buffers.Used + (4 * 1024 * 1024) < _buffers.Limit)
        {
            greedy.Add(await KeepAsync("alice"));
        }

        // Some MB of room, then as much again and again: only while the greedy caller has more than a quarter.
        var used = _buffers.Used;
        _buffers.TryTake(_buffers.Limit - used + 1).ShouldBeTrue();
        (await ReadAsync(engine, greedy[0])).ShouldBeEmpty();
        (await ReadAsync(engine, greedy[^1]))[^1].ShouldBeOfType<RunCompleted>();
        (await ReadAsync(engine, others))[^1].ShouldBeOfType<RunCompleted>();

        while (greedy.Sum(run => host.Find(run)?.Run.Held ?? 0) > _buffers.Limit / 4)
        {
            _buffers.TryTake(1024 * 1024).ShouldBeTrue();
        }

        (await ReadAsync(engine, greedy[^1]))[^1].ShouldBeOfType<RunCompleted>("a quarter of the memory is the caller's");
        (await ReadAsync(engine, others))[^1].ShouldBeOfType<RunCompleted>();

        async Task<RunId> KeepAsync(string caller)
        {
            var id = RunId.New();
            (await engine.StartAsync(Request(id) with { IsKept = true, Caller = caller }, Token)).ShouldBe(RunStart.Started);
            await IdleAsync(engine);
            (await ReadAsync(engine, id))[^1].ShouldBeOfType<RunCompleted>();
            _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            return id;
        }
    }

    [Fact]
    public async Task Start_KeptAnswersOfManyCallersFillTheMemory_TheOldestThatWereReadGiveWay()
    {
        _bench.Upstream.On("judge", Does.Say(new string('x', 1_500_000)));
        var (host, engine) = Hosted();
        var unread = await KeepAsync("caller-0", isRead: false);
        var read = new List<RunId>();
        while (_buffers.Used + (4 * 1024 * 1024) < _buffers.Limit)
        {
            read.Add(await KeepAsync($"caller-{read.Count % 10}", isRead: true));
        }

        _buffers.TryTake(_buffers.Limit - _buffers.Used + 1).ShouldBeTrue();

        (await ReadAsync(engine, read[0])).ShouldBeEmpty();
        host.Find(read[1]).ShouldNotBeNull("one was enough");
        await using var reading = engine.ReadAsync(read[1], 0, Token).GetAsyncEnumerator(Token);
        (await reading.MoveNextAsync()).ShouldBeTrue();
        while (_buffers.TryTake(1024 * 1024))
        {
            Token.ThrowIfCancellationRequested();
        }

        host.Find(read[1]).ShouldNotBeNull("it is being read");
        read.Skip(2).ShouldAllBe(run => host.Find(run) == null);
        (await ReadAsync(engine, unread))[^1].ShouldBeOfType<RunCompleted>("its caller has not had it yet");

        async Task<RunId> KeepAsync(string caller, bool isRead)
        {
            var id = RunId.New();
            (await engine.StartAsync(Request(id) with { IsKept = true, Caller = caller }, Token)).ShouldBe(RunStart.Started);
            await IdleAsync(engine);
            if (isRead)
            {
                (await ReadAsync(engine, id))[^1].ShouldBeOfType<RunCompleted>();
            }
            else
            {
                await engine.CancelAsync(id, Token);
            }

            _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            return id;
        }
    }

    [Fact]
    public async Task Keep_KeyedRunJoinedInItsLastSecond_StaysUntilItsReaderHasIt()
    {
        var engine = Engine();
        var run = await StartAsync(engine, isKept: true);
        await ReadAsync(engine, run);
        await IdleAsync(engine);
        _bench.Time.Advance(RepeatedRequests.AnswerRetention - TimeSpan.FromMilliseconds(100));

        (await engine.StartAsync(Request(run) with { IsKept = true }, Token)).ShouldBe(RunStart.Started);
        _bench.Time.Advance(RunHost.SweepInterval);
        _bench.Time.Advance(RunHost.SweepInterval);
        _bench.Time.Advance(RunHost.SweepInterval);

        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunCompleted>();
    }

    [Fact]
    public async Task Abandon_KeptRunThatAnotherReadsElsewhere_IsWaitedForUntilThatReaderLeaves()
    {
        var (host, engine) = Hosted();
        var run = await StartAsync(engine, isKept: true);
        await IdleAsync(engine);
        var hosted = host.Find(run).ShouldNotBeNull();
        hosted.BeginRemoteReader();
        hosted.Abandon();

        var draining = host.DrainAsync(Token);
        draining.IsCompleted.ShouldBeFalse();
        hosted.EndRemoteReader(isWhole: false);

        await draining.WaitAsync(Token);
        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunCompleted>();
    }

    [Fact]
    public async Task Keep_KeyedRunThatFailedHalfway_FreesItsPartialAnswerAndIsStillKnown()
    {
        _bench.Upstream.On("judge", Does.Break(CallOutcome.ServerError, new string('x', 500_000)));
        var engine = Engine();
        var id = RunId.New();
        (await engine.StartAsync(Request(id) with { Chat = RunBench.Parse(RunBench.StreamedQuestion), IsKept = true }, Token)).ShouldBe(RunStart.Started);
        (await ReadAsync(engine, id))[^1].ShouldBeOfType<RunFailed>();
        await IdleAsync(engine);
        _buffers.Used.ShouldBeGreaterThan(500_000);

        _bench.Time.Advance(RunHost.SettledRetention + RunHost.SweepInterval);

        _buffers.Used.ShouldBeLessThan(50_000);
        (await engine.FindManifestAsync(id, Token))!.Outcome.ShouldNotBe("completed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drain_KeyedRunWhoseCallerHasLeft_IsNotWaitedForOnceItHasEnded(bool hasRead)
    {
        var rest = new TaskCompletionSource();
        _bench.Upstream.On("judge", Does.After(rest.Task, Does.Say("done")));
        var engine = Engine();
        var run = await StartAsync(engine, isKept: true);
        await _bench.Upstream.CalledAsync("judge");
        if (hasRead)
        {
            await foreach (var _ in engine.ReadAsync(run, 0, Token))
            {
                break;
            }
        }

        await engine.CancelAsync(run, Token);
        var draining = engine.DrainAsync(Token);
        draining.IsCompleted.ShouldBeFalse("it goes on for a repeat");
        rest.SetResult();

        await draining.WaitAsync(TimeSpan.FromSeconds(20), Token);
        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunCompleted>();
    }

    [Fact]
    public async Task Cancel_KeptRunThatHasEnded_KeepsItsAnswer()
    {
        var engine = Engine();
        var run = await StartAsync(engine, isKept: true);
        await ReadAsync(engine, run);
        await IdleAsync(engine);

        await engine.CancelAsync(run, Token);

        (await ReadAsync(engine, run)).Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Abandon_KeptRun_ChangesNothing()
    {
        var (host, engine) = Hosted();
        var run = await StartAsync(engine, isKept: true);
        await IdleAsync(engine);

        host.Find(run).ShouldNotBeNull().Abandon();

        (await ReadAsync(engine, run)).Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Start_ManyIncarnationsAtOnce_TheNewestRuns()
    {
        var (host, engine) = Hosted();
        var id = RunId.New();

        await Task.WhenAll(Enumerable.Range(1, 8).Select(incarnation =>
            Task.Run(() => engine.StartAsync(Request(id, "a") with { Incarnation = incarnation }, Token).AsTask())));

        host.Find(id).ShouldNotBeNull().Run.Incarnation.ShouldBe(8);
        (await ReadAsync(engine, id))[^1].Incarnation.ShouldBe(8);
        await IdleAsync(engine);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_CallerHasLeft_FreesBodyAndAnswer(bool hasEnded)
    {
        var rest = new TaskCompletionSource();
        _bench.Upstream.On("judge", Does.After(rest.Task, Does.Say(new string('x', 100_000))));
        var engine = Engine();
        var request = Request(RunId.New(), text: new string('y', 100_000));
        (await engine.StartAsync(request, Token)).ShouldBe(RunStart.Started);
        await _bench.Upstream.CalledAsync("judge");
        _buffers.Used.ShouldBeGreaterThan(100_000, "the body is counted while the run goes on");
        if (hasEnded)
        {
            rest.SetResult();
            await IdleAsync(engine);
            _buffers.Used.ShouldBeGreaterThan(100_000, "nobody has read the answer");
        }

        await engine.CancelAsync(request.Id, Token);
        await IdleAsync(engine);

        _buffers.Used.ShouldBeLessThan(10_000);
        (await ReadAsync(engine, request.Id)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Cancel_CallerHasLeftAfterSomeOfThePanelAnswered_FreesTheirAnswers()
    {
        _bench.Upstream.On("a", Does.Say(new string('x', 100_000))).On("judge", Does.Hang());
        var engine = Engine();
        var run = await StartAsync(engine);
        await _bench.Upstream.CalledAsync("judge");
        _buffers.Used.ShouldBeGreaterThan(200_000);

        await engine.CancelAsync(run, Token);
        await IdleAsync(engine);

        _buffers.Used.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task Start_EndedByItself_FreesTheBodyThoughItsAnswerIsKept()
    {
        var engine = Engine();
        var request = Request(RunId.New(), "a", new string('y', 100_000)) with { IsKept = true };

        (await engine.StartAsync(request, Token)).ShouldBe(RunStart.Started);
        await IdleAsync(engine);

        _buffers.Used.ShouldBeLessThan(10_000);
        (await ReadAsync(engine, request.Id))[^1].ShouldBeOfType<RunCompleted>();
    }

    [Fact]
    public async Task Execute_AnswerLargerThanTheRoomThatIsLeft_FailsAsOverloadNotAsFault()
    {
        _bench.Upstream.On("judge", Does.Say(new string('x', 100_000)));
        var engine = Engine();
        _buffers.Take(_buffers.Limit - (RunJournal.Step * 3));

        var run = await StartAsync(engine);

        (await ReadAsync(engine, run))[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.Overloaded);
    }

    private TestRunEngine Engine(int maxRuns = 10) => Hosted(maxRuns).Engine;

    private (RunHost Host, TestRunEngine Engine) Hosted(int maxRuns = 10)
    {
        var host = new RunHost(
            new StaticCatalog(_bench.Catalog()),
            _bench.Services() with { Buffers = _buffers },
            new StoredAnswers(new InMemoryRunStore(), sealer: null, _bench.Time, NullLogger<StoredAnswers>.Instance),
            NullLogger<Run>.Instance);
        return (host, new TestRunEngine(host, maxRuns));
    }

    private static RunRequest Request(RunId id, string model = "panel", string text = "?") => new()
    {
        Id = id,
        Chat = RunBench.Parse($$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{text}}"}]}"""),
        CatalogRevision = 1,
    };

    private static async Task<RunId> StartAsync(TestRunEngine engine, string model = "panel", bool isKept = false)
    {
        var id = RunId.New();
        (await engine.StartAsync(Request(id, model) with { IsKept = isKept }, Token)).ShouldBe(RunStart.Started);
        return id;
    }

    private static async Task<List<RunEvent>> ReadAsync(TestRunEngine engine, RunId run) =>
        await engine.ReadAsync(run, 0, Token).ToListAsync(Token);

    // A run's place is free a moment after its last event; the engine has no signal for that but its count.
    private static async Task IdleAsync(TestRunEngine engine)
    {
        await Eventually.TrueAsync(() => engine.InFlight == 0, Token);
    }
}
