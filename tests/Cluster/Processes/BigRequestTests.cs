using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Ensemble.Cluster.Tests.Support;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary>The largest requests there are, at a silo of 1 GiB of heap behind frontends that take as many as they like.</summary>
public sealed class BigRequestTests(ITestOutputHelper output)
{
    private const int Body = 8 * 1024 * 1024;
    private const long HeapLimit = 1L << 30;
    private const int AtOnce = 100;
    private const int ASecond = 20;
    private const int Seconds = 5;

    [Fact]
    public async Task Silo_HundredOfEightMebibytesAtOnceAndTwentyASecond_LivesAndRefusesWhatItHasNoRoomFor()
    {
        var database = await ClusterDatabase.CreateAsync();
        var connection = await database.AddNodeRoleAsync();
        var ports = NodeProcess.FreePorts();
        await using var silo = await NodeProcess.StartAsync(
            connection, static _ => { }, HeapLimit, "--role", "silo", "--Cluster:SiloPort", ports[0], "--Cluster:GatewayPort", ports[1]);
        await using var one = await NodeProcess.StartFrontendAsync(connection);
        await using var other = await NodeProcess.StartFrontendAsync(connection);
        NodeProcess[] frontends = [one, other];
        (await one.PostAsync(
            "/admin/models", """{"display_name":"slow","provider":"simulated","simulated":{"latency_ms":1000,"tokens_per_second":0}}""")).Status.ShouldBe(HttpStatusCode.Created);
        var body = Json();
        while ((await other.GetAsync("/v1/models/slow")).Status != HttpStatusCode.OK)
        {
            Now.Cancel.ThrowIfCancellationRequested();
        }

        var atOnce = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(SendAsync));
        output.WriteLine($"{AtOnce} at once: {Counts(atOnce)}; silo {silo.PeakMebibytes} MiB");
        silo.HasExited.ShouldBeFalse(silo.Log);
        var sent = new List<Task<HttpStatusCode>>();
        using (var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ASecond), TimeProvider.System))
        {
            for (var number = 0; number < ASecond * Seconds && await timer.WaitForNextTickAsync(Now.Cancel); number++)
            {
                sent.Add(SendAsync(number));
            }
        }

        var steady = await Task.WhenAll(sent);
        output.WriteLine($"{ASecond} a second for {Seconds} s: {Counts(steady)}; silo {silo.PeakMebibytes} MiB");

        silo.HasExited.ShouldBeFalse(silo.Log);
        atOnce.Concat(steady).ShouldAllBe(status => status == HttpStatusCode.OK || status == HttpStatusCode.ServiceUnavailable);
        atOnce.ShouldContain(HttpStatusCode.OK);
        silo.Log.ShouldNotContain("OutOfMemory");
        silo.PeakMebibytes.ShouldBeLessThan((HeapLimit >> 20) + 300, "the heap's limit, code and files");
        (await SendAsync(0)).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> SendAsync(int number)
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await frontends[number % 2].Http.PostAsync("/v1/chat/completions", content, Now.Cancel);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                answer.Headers.RetryAfter.ShouldNotBeNull();
            }

            return answer.StatusCode;
        }
    }

    private static byte[] Json()
    {
        const string Head = """{"model":"slow","stream":false,"messages":[{"role":"user","content":""" + "\"";
        const string Tail = "\"}]}";
        return Encoding.ASCII.GetBytes(Head + new string('w', Body - Head.Length - Tail.Length) + Tail);
    }

    private static string Counts(HttpStatusCode[] statuses) => string.Join(", ", statuses.CountBy(status => (int)status).Select(count => $"{count.Value} × {count.Key}"));
}
