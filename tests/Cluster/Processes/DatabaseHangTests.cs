using System.Diagnostics;
using System.Net;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>The cluster's database takes connections, and answers nothing on them.</summary>
public sealed class DatabaseHangTests(ITestOutputHelper output)
{
    private const int Callers = 6;
    private const double Slower = 2;

    private static readonly TimeSpan TypicalTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    /// <summary>Below it a machine that has other work decides, and no wait.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Hang_TwentySeconds_LosesNoRequestDelaysFewAndNoSiloIsDeclaredDead()
    {
        await using var server = new PostgresServer();
        await using var cluster = await NodeCluster.StartAsync(server, "--Security:MasterKey", new string('7', 64));
        await AskForAsync(cluster, TimeSpan.FromSeconds(2));
        var before = await AskForAsync(cluster, TypicalTime);

        await server.SuspendAsync();
        var meanwhile = await AskForAsync(cluster, Hang);
        var ready = await Task.WhenAll(cluster.Frontends.Concat(cluster.Silos).Select(node => node.GetAsync("/readyz")));
        await server.ResumeAsync();
        var after = await AskForAsync(cluster, TypicalTime);

        output.WriteLine($"p95 before {P95(before)}, meanwhile {P95(meanwhile)} of {meanwhile.Count}, slowest {meanwhile.Max()}, after {P95(after)}");
        P95(meanwhile).ShouldBeLessThan(Slower * P95(before) + Noise);
        ready.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        (await cluster.CountAsync(SiloStatus.Active)).ShouldBe(cluster.Silos.Count);
        (await cluster.CountAsync(SiloStatus.Dead)).ShouldBe(0);
        await Eventually.TrueAsync(() => IsCreatedAsync(cluster.Frontends[0]), Now.Cancel, Recovery);
    }

    /// <summary>Refused as "try again" while the machine is so slow that the database misses its time limits; never in another way.</summary>
    private static async Task<bool> IsCreatedAsync(NodeProcess frontend)
    {
        var answer = await frontend.PostAsync("/admin/models", """{"display_name":"later","provider":"simulated","simulated":{}}""");
        if (answer.Status == HttpStatusCode.ServiceUnavailable)
        {
            answer.Body.ShouldContain("store_unavailable");
            return false;
        }

        // A refused edit may have been made: a time limit says nothing of what the database did.
        answer.Status.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.Conflict);
        return true;
    }

    private static TimeSpan P95(List<TimeSpan> times) => times.Order().ElementAt((int)(times.Count * 0.95));

    /// <returns>How long each answer took. Anything else than an answer fails.</returns>
    private static async Task<List<TimeSpan>> AskForAsync(NodeCluster cluster, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var mine = new List<TimeSpan>();
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                var asked = Stopwatch.GetTimestamp();
                var answer = await cluster.Frontends[caller % 2].PostAsync(
                    "/v1/chat/completions", $$"""{"model":"council","stream":{{(caller % 3 == 0 ? "true" : "false")}},"messages":[{"role":"user","content":"Hello"}]}""");
                mine.Add(Stopwatch.GetElapsedTime(asked));
                answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
                answer.Body.ShouldNotContain("\"error\"");
            }

            return mine;
        }));
        return [.. times.SelectMany(static mine => mine)];
    }
}
