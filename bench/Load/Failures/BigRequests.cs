using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Ensemble.Load.Failures;

/// <summary>The largest requests that a gateway takes, beside the load: many at once, then some a second.</summary>
internal static class BigRequests
{
    /// <summary>1 GiB.</summary>
    public const long HeapLimit = 1L << 30;

    private const int AtOnce = 100;
    private const int ASecond = 20;
    private const int Bytes = 8 * 1024 * 1024;

    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    public static string Title { get; } =
        $"{AtOnce} requests of 8 MiB at once, then {ASecond} a second for {Steady.TotalSeconds} s; each node has 1 GiB of heap";

    public static async Task SendAsync(FailureCluster cluster, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = RequestTimeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Names.CallerKey);
        var body = Body();
        var answers = new ConcurrentQueue<string>();
        cluster.Strike(victim: null);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(SendOneAsync));
        var sent = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ASecond), TimeProvider.System);
        for (var number = 0; number < ASecond * Steady.TotalSeconds && await timer.WaitForNextTickAsync(cancel); number++)
        {
            sent.Add(SendOneAsync(number));
        }

        await Task.WhenAll(sent);
        cluster.Notes.Add($"requests of 8 MiB: {string.Join(", ", answers.CountBy(answer => answer).OrderByDescending(count => count.Value).Select(count => $"{count.Value} × {count.Key}"))}");
        cluster.Notes.Add(cluster.DescribeMemory());

        async Task SendOneAsync(int number)
        {
            try
            {
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                var frontend = cluster.Frontends[number % cluster.Frontends.Count];
                using var answer = await http.PostAsync(new Uri(frontend.Address, "/v1/chat/completions"), content, cancel);
                await answer.Content.ReadAsByteArrayAsync(cancel);
                answers.Enqueue(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
            }
            catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                answers.Enqueue(problem.GetType().Name);
            }
        }
    }

    private static byte[] Body()
    {
        const string Head = $$"""{"model":"{{Cast.Plain}}","stream":false,"messages":[{"role":"user","content":""" + "\"";
        const string Tail = "\"}]}";
        return Encoding.ASCII.GetBytes(Head + new string('w', Bytes - Head.Length - Tail.Length) + Tail);
    }
}
