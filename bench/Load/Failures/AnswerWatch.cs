namespace Ensemble.Load.Failures;

/// <summary>Sees what the SDK does not show: the run's header of every answer, and an error event in the middle of a stream.</summary>
internal sealed class AnswerWatch() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
{
    private static readonly AsyncLocal<RequestRecord?> Flow = new();

    /// <summary>Whose answer comes next in this flow of control.</summary>
    public static RequestRecord? Current
    {
        set => Flow.Value = value;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var record = Flow.Value;
        var answer = await base.SendAsync(request, cancellationToken);
        if (record is null)
        {
            return answer;
        }

        record.Run = answer.Headers.TryGetValues("x-ensemble-run-id", out var run) ? run.First() : record.Run;
        if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            var watched = new StreamContent(new WatchedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), record));
            watched.Headers.ContentType = answer.Content.Headers.ContentType;
            answer.Content = watched;
        }

        return answer;
    }
}
