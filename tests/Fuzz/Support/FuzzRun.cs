using System.Text;

namespace Ensemble.Fuzz.Tests.Support;

/// <summary>Tries inputs one after the other on a few gateways side by side, and reports the first that is answered wrongly.</summary>
internal static class FuzzRun
{
    private const int Gateways = 3;

    /// <summary>Inputs of one gateway before it is replaced, so that what it has learned and counted does not hide what comes later.</summary>
    private const int InputsOfAGateway = 500;

    /// <param name="start">Starts a gateway.</param>
    /// <param name="attempt">Tries the input of that number; returns what is wrong with the answer, or null.</param>
    public static Task ExecuteAsync(int count, Func<Task<FuzzGateway>> start, Func<FuzzGateway, int, Task<string?>> attempt)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Gateways).Select(_ => Task.Run(RunAsync)));

        async Task RunAsync()
        {
            for (var isLeft = true; isLeft;)
            {
                await using var gateway = await start();
                for (var i = 0; i < InputsOfAGateway && isLeft && (i % 10 > 0 || !await gateway.IsWornOutAsync()); i++)
                {
                    var number = Interlocked.Increment(ref next);
                    isLeft = number < count;
                    if (isLeft && await attempt(gateway, number) is { } problem)
                    {
                        Interlocked.Exchange(ref next, count);
                        Assert.Fail($"Input {number} of seed {FuzzBudget.Seed}: {problem}\n{gateway.TakeFaults()}");
                    }
                }

                await gateway.ShouldBeIdleAsync();
            }
        }
    }

    /// <summary>Sends a chat request and judges the answer.</summary>
    public static async Task<string?> ChatAsync(FuzzGateway gateway, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Json(body) };
        try
        {
            using var response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var (answer, isBroken) = await ReadAsync(response);
            return Verdict.OfChat((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, answer, isBroken, IsDirect(body)) is { } problem
                ? $"{problem}\nanswer: {Show(answer)}"
                : null;
        }
        catch (TaskCanceledException)
        {
            return $"no answer within {FuzzBudget.TimeLimit.TotalSeconds:0} s";
        }
    }

    /// <summary>Sends a request of another API, and judges the answer.</summary>
    public static async Task<string?> AskAsync(FuzzGateway gateway, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body) };
        try
        {
            using var response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var (answer, isBroken) = await ReadAsync(response);
            return DialectVerdict.Of(path, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, answer, isBroken) is { } problem
                ? $"{problem}\nanswer: {Show(answer)}"
                : null;
        }
        catch (TaskCanceledException)
        {
            return $"no answer within {FuzzBudget.TimeLimit.TotalSeconds:0} s";
        }
    }

    public static ByteArrayContent Json(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>Readable where it is text, and exact.</summary>
    public static string Show(byte[] bytes) =>
        (bytes.Length > 4000 ? $"({bytes.Length} bytes) " : "") + Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 4000)))
        + (System.Text.Unicode.Utf8.IsValid(bytes) ? "" : $"\nnot UTF-8, in base64: {Convert.ToBase64String(bytes)}");

    private static async Task<(byte[] Body, bool IsBroken)> ReadAsync(HttpResponseMessage response)
    {
        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var limit = new CancellationTokenSource(FuzzBudget.TimeLimit);
        try
        {
            await stream.CopyToAsync(body, limit.Token);
            return (body.ToArray(), false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (body.ToArray(), true);
        }
    }

    private static bool IsDirect(byte[] body) => FuzzCatalog.Aliases.Where(FuzzCatalog.IsDirect)
        .Any(alias => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{alias}\"")) >= 0);
}
