using Ensemble.Load.Processes;

namespace Ensemble.Load.Failures;

internal static class FailureCases
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    public static IReadOnlyList<FailureCase> All { get; } =
    [
        new("silo-kill", "kill -9 of a silo that holds runs", KillSiloAsync),
        new("hot-gate-kill", $"kill -9 of the silo that holds the gate of `{Cast.Hot}`", static (cluster, _) => KillAsync(cluster, cluster.FindHolder(Cast.Hot))),
        new("capped-gate-kill", $"kill -9 of the silo that holds the gate of `{Cast.Capped}`", static (cluster, _) => KillAsync(cluster, cluster.FindHolder(Cast.Capped))),
        new("frontend-kill", "kill -9 of a frontend", KillFrontendAsync) { LosesVictimsRequests = true },
        new("all-kill", "kill -9 of a node of role `all`, one of three on one database", KillNodeAsync) { LosesVictimsRequests = true, IsOfRoleAll = true },
        new("silo-freeze", $"SIGSTOP of a silo for {Standstill.TotalSeconds} s", FreezeAsync),
        new("database-stop", $"PostgreSQL stopped for {Outage.TotalSeconds} s", StopDatabaseAsync),
        new("database-hang", $"PostgreSQL takes connections and answers nothing for {Outage.TotalSeconds} s (SIGSTOP)", HangDatabaseAsync) { IsToBeUnnoticed = true },
        new("two-clusters", $"a second cluster of two silos and a frontend on the same database for {Shared.TotalSeconds} s", ShareDatabaseAsync) { IsRepaired = true },
        new("big-requests", BigRequests.Title, BigRequests.SendAsync) { IsRepaired = true, HeapLimit = BigRequests.HeapLimit, MayRefuse = true },
        new("link-cut", $"nothing passes between frontends and silos for {Cut.TotalSeconds} s", CutAsync) { HasRelays = true, IsRepaired = true },
        new("link-slow", $"{Delay.TotalMilliseconds} ms more each way between frontends and silos for {Cut.TotalSeconds} s", SlowAsync) { HasRelays = true, IsRepaired = true },
        new("rolling-restart", "all silos, then all frontends restarted, one after the other", RestartAllAsync) { IsRepaired = true },
    ];

    private static async Task KillSiloAsync(FailureCluster cluster, CancellationToken cancel) => await KillAsync(cluster, await cluster.FindBusiestAsync(cancel));

    private static Task KillAsync(FailureCluster cluster, ChildProcess victim)
    {
        cluster.Strike(victim);
        victim.Send(Signal.Kill);
        return Task.CompletedTask;
    }

    /// <summary>Some of its callers listen to long answers, to see when those end upstream.</summary>
    private static async Task KillFrontendAsync(FailureCluster cluster, CancellationToken cancel)
    {
        var victim = cluster.Frontends[0];
        cluster.ListenLong(victim, answers: 4);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancel);
        await KillAsync(cluster, victim);
    }

    private static async Task KillNodeAsync(FailureCluster cluster, CancellationToken cancel)
    {
        var victim = await cluster.FindBusiestAsync(cancel);
        await KillAsync(cluster, victim);
    }

    private static async Task HangDatabaseAsync(FailureCluster cluster, CancellationToken cancel)
    {
        cluster.Strike(victim: null);
        await cluster.Database.SuspendAsync();
        await Task.Delay(Outage, TimeProvider.System, cancel);
        await cluster.Database.ResumeAsync();
    }

    /// <summary>As while one cluster takes another one's place: for more than a minute, over which limits are counted.</summary>
    private static async Task ShareDatabaseAsync(FailureCluster cluster, CancellationToken cancel)
    {
        var frontend = await cluster.StartSecondAsync();
        await Task.Delay(Settled, TimeProvider.System, cancel);
        cluster.Strike(victim: null);
        cluster.Open(frontend);
        await Task.Delay(Shared, TimeProvider.System, cancel);
    }

    private static async Task FreezeAsync(FailureCluster cluster, CancellationToken cancel)
    {
        var victim = await cluster.FindBusiestAsync(cancel);
        cluster.Strike(victim);
        victim.Send(Signal.Stop);
        await Task.Delay(Standstill, TimeProvider.System, cancel);
        victim.Send(Signal.Continue);
    }

    private static async Task StopDatabaseAsync(FailureCluster cluster, CancellationToken cancel)
    {
        cluster.Strike(victim: null);
        await cluster.Database.StopServerAsync();
        await Task.Delay(Outage, TimeProvider.System, cancel);
        await cluster.Database.StartServerAsync();
    }

    private static async Task CutAsync(FailureCluster cluster, CancellationToken cancel)
    {
        cluster.Strike(victim: null);
        SetAll(cluster, static relay => relay.IsCut = true);
        await Task.Delay(Cut, TimeProvider.System, cancel);
        SetAll(cluster, static relay => relay.IsCut = false);
    }

    private static async Task SlowAsync(FailureCluster cluster, CancellationToken cancel)
    {
        cluster.Strike(victim: null);
        SetAll(cluster, static relay => relay.Delay = Delay);
        await Task.Delay(Cut, TimeProvider.System, cancel);
        SetAll(cluster, static relay => relay.Delay = TimeSpan.Zero);
    }

    private static async Task RestartAllAsync(FailureCluster cluster, CancellationToken cancel)
    {
        cluster.Strike(victim: null);
        foreach (var silo in cluster.Silos.ToArray())
        {
            await cluster.ReplaceSiloAsync(silo);
        }

        foreach (var frontend in cluster.Frontends.ToArray())
        {
            await cluster.ReplaceFrontendAsync(frontend);
        }
    }

    private static void SetAll(FailureCluster cluster, Action<TcpRelay> change)
    {
        foreach (var relay in cluster.Links)
        {
            change(relay);
        }
    }
}
