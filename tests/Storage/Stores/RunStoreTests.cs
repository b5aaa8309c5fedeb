using Ensemble.Runs;
using Ensemble.Storage.Tests.Support;

namespace Ensemble.Storage.Tests.Stores;

public sealed class RunStoreTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static TheoryData<StorageProvider> All => TestDatabase.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task SaveAnswer_SecondOfAKey_TheFirstStays(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var run = RunId.New();
        await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 0, 0, 1), T0 + Minute, T0, Now.Cancel);

        await database.Another().Runs.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 0, 0, 2), T0 + (2 * Minute), T0, Now.Cancel);

        (await LoadAsync(store, run, T0)).ShouldBe(["Candidate/0/0=1"]);
        (await LoadAsync(store, run, T0 + Minute)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task LoadAnswers_ManySteps_AreOfTheRunAloneAndInTheOrderOfKeys(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var (run, other) = (RunId.New(), RunId.New());
        StoredAnswer[] answers =
            [Answer(SubCallStep.Direct, 0, 0, 5), Answer(SubCallStep.Candidate, 10, 0, 3), Answer(SubCallStep.Candidate, 2, 1, 2), Answer(SubCallStep.Candidate, 2, 0, 1), Answer(SubCallStep.Synthesis, 0, 0, 4)];
        foreach (var answer in answers)
        {
            await store.SaveAnswerAsync(run, answer, T0 + Minute, T0, Now.Cancel);
        }

        await store.SaveAnswerAsync(other, Answer(SubCallStep.Candidate, 0, 0, 9), T0 + Minute, T0, Now.Cancel);

        (await LoadAsync(database.Another().Runs, run, T0)).ShouldBe(["Candidate/2/0=1", "Candidate/2/1=2", "Candidate/10/0=3", "Synthesis/0/0=4", "Direct/0/0=5"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task LoadAnswers_SomeExpired_GivesTheOthers(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var run = RunId.New();
        await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 0, 0, 1), T0 + Minute, T0, Now.Cancel);
        await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 1, 0, 2), T0 + Minute + TimeSpan.FromMilliseconds(1), T0, Now.Cancel);

        (await LoadAsync(store, run, T0 + Minute - TimeSpan.FromMilliseconds(1))).Count.ShouldBe(2);
        (await LoadAsync(store, run, T0 + Minute)).ShouldBe(["Candidate/1/0=2"]);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task LoadAnswers_StepOfANewerVersion_IsLeftOut(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var run = RunId.New();
        await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 0, 0, 1), T0 + Minute, T0, Now.Cancel);
        await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 1, 0, 2), T0 + Minute, T0, Now.Cancel);
        await database.QueryAsync("UPDATE run_answers SET step = 'divination' WHERE member = 0");

        (await LoadAsync(store, run, T0)).ShouldBe(["Candidate/1/0=2"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task SaveAnswer_LargestPayload_ComesBackByteByByte(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var payload = new byte[StoredAnswer.MaxPayloadBytes + 1];
        new Random(5).NextBytes(payload);
        var run = RunId.New();
        var key = new SubCallKey(SubCallStep.Candidate, 0, 0);

        // Cut out of a larger buffer, as pooled ones are.
        await database.Another().Runs.SaveAnswerAsync(run, new StoredAnswer(key, payload.AsMemory(1)), T0 + Minute, T0, Now.Cancel);

        var loaded = (await database.Another().Runs.LoadAnswersAsync(run, T0, Now.Cancel)).ShouldHaveSingleItem();
        loaded.Payload.Span.SequenceEqual(payload.AsSpan(1)).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => new StoredAnswer(key, payload));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task SaveAnswer_TheEarlierOneExpired_TakesItsPlace(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var run = RunId.New();
        await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 0, 0, 1), T0 + Minute, T0, Now.Cancel);

        await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, 0, 0, 2), T0 + (3 * Minute), T0 + Minute, Now.Cancel);

        (await LoadAsync(store, run, T0 + Minute)).ShouldBe(["Candidate/0/0=2"]);
        (await store.DeleteExpiredAsync(T0 + (3 * Minute), 10, Now.Cancel)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task TakeClaim_ByManyAtOnce_OneGetsIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var stores = Enumerable.Range(0, 4).Select(_ => database.Another().Runs).ToList();
        var claim = Claim("s", 7, T0 + Minute);
        await stores[0].ClaimAsync(claim, T0, Now.Cancel);

        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(index => stores[index % 4].TakeClaimAsync("s", T0, Now.Cancel)));

        ShouldBe(taken.OfType<RunClaim>().ShouldHaveSingleItem(), claim);
        (await stores[1].TakeClaimAsync("never", T0, Now.Cancel)).ShouldBeNull();
        await stores[0].ClaimAsync(claim, T0, Now.Cancel);
        (await stores[1].TakeClaimAsync("s", T0 + Minute, Now.Cancel)).ShouldBeNull("it has expired");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Claim_WhileAnotherHolds_GivesTheEarlierOne(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var (first, second) = (Claim("s", 1, T0 + Minute), Claim("s", 2, T0 + (5 * Minute)));

        ShouldBe(await store.ClaimAsync(first, T0, Now.Cancel), first);
        ShouldBe(await database.Another().Runs.ClaimAsync(second, T0, Now.Cancel), first);
        ShouldBe(await store.ClaimAsync(second, T0 + Minute - TimeSpan.FromMilliseconds(1), Now.Cancel), first);
        ShouldBe(await store.ClaimAsync(Claim("S", 3, T0 + Minute), T0, Now.Cancel), Claim("S", 3, T0 + Minute), sameRun: false);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Claim_TheEarlierOneExpired_IsTakenWhole(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var (first, second, third) = (Claim("s", 1, T0 + Minute), Claim("s", 2, T0 + (5 * Minute)), Claim("s", 3, T0 + (9 * Minute)));
        await store.ClaimAsync(first, T0, Now.Cancel);

        ShouldBe(await store.ClaimAsync(second, T0 + Minute, Now.Cancel), second);
        ShouldBe(await store.ClaimAsync(third, T0 + (2 * Minute), Now.Cancel), second);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Claim_ByManyAtOnce_AllLearnOfTheSameOne(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var stores = Enumerable.Range(0, 4).Select(_ => database.Another().Runs).ToList();
        await stores[0].ClaimAsync(Claim("old", 0, T0), T0 - Minute, Now.Cancel);
        foreach (var scope in (string[])["new", "old"])
        {
            var claims = Enumerable.Range(0, 16).Select(number => Claim(scope, (byte)number, T0 + Minute)).ToList();
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var claimers = claims.Select(async (claim, index) =>
            {
                await start.Task;
                return await stores[index % stores.Count].ClaimAsync(claim, T0, Now.Cancel);
            }).ToList();
            start.SetResult();

            var holders = await Task.WhenAll(claimers);

            var holder = holders.Select(claim => claim.Run).Distinct().ShouldHaveSingleItem();
            ShouldBe(holders[0], claims.Single(claim => claim.Run == holder));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task DeleteExpired_ManyExpired_GoesInBatchesAndLeavesTheRest(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Runs;
        var run = RunId.New();
        for (var index = 0; index < 10; index++)
        {
            await store.SaveAnswerAsync(run, Answer(SubCallStep.Candidate, index, 0, (byte)index), T0 + (index * Minute), T0, Now.Cancel);
        }

        for (var index = 0; index < 3; index++)
        {
            await store.ClaimAsync(Claim($"s{index}", (byte)index, T0 + (index * Minute)), T0 - Minute, Now.Cancel);
        }

        var now = T0 + (6 * Minute);
        (await store.DeleteExpiredAsync(now, 4, Now.Cancel)).ShouldBe(4 + 3);
        (await store.DeleteExpiredAsync(now, 4, Now.Cancel)).ShouldBe(3);
        (await store.DeleteExpiredAsync(now, 4, Now.Cancel)).ShouldBe(0);

        (await LoadAsync(store, run, T0 - Minute)).ShouldBe(["Candidate/7/0=7", "Candidate/8/0=8", "Candidate/9/0=9"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task DeleteExpired_ByManyAtOnce_DeletesEachOnce(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var stores = Enumerable.Range(0, 4).Select(_ => database.Another().Runs).ToList();
        var run = RunId.New();
        for (var index = 0; index < 40; index++)
        {
            await stores[0].SaveAnswerAsync(run, Answer(SubCallStep.Candidate, index, 0, 0), T0, T0, Now.Cancel);
        }

        var deleted = await Task.WhenAll(stores.Select(store => Task.Run(
            async () =>
            {
                var (sum, last) = (0, -1);
                while (last != 0)
                {
                    sum += last = await store.DeleteExpiredAsync(T0, 5, Now.Cancel);
                }

                return sum;
            },
            Now.Cancel)));

        deleted.Sum().ShouldBe(40);
    }

    private static StoredAnswer Answer(SubCallStep step, int member, int sample, byte payload) => new(new SubCallKey(step, member, sample), new[] { payload });

    private static RunClaim Claim(string scope, byte hash, DateTimeOffset expiresAt) => new(scope, RunId.New(), new[] { hash }, expiresAt);

    private static void ShouldBe(RunClaim actual, RunClaim expected, bool sameRun = true)
    {
        actual.Scope.ShouldBe(expected.Scope);
        actual.RequestHash.ToArray().ShouldBe(expected.RequestHash.ToArray());
        actual.ExpiresAt.ShouldBe(expected.ExpiresAt);
        (actual.Run == expected.Run).ShouldBe(sameRun);
    }

    private static async Task<List<string>> LoadAsync(IRunStore store, RunId run, DateTimeOffset now) =>
        [.. (await store.LoadAnswersAsync(run, now, Now.Cancel)).Select(answer => $"{answer.Key}={answer.Payload.ToArray().ShouldHaveSingleItem()}")];
}
