namespace Ensemble.Testing;

/// <summary>How a stubbed model answers one request.</summary>
public abstract class StubReply
{
    /// <summary>A text, served whole or as a stream, as the request asks.</summary>
    /// <param name="refusal">Set: the answer carries this and no content.</param>
    /// <param name="reportUsage">False: neither the whole answer nor a stream says what it used.</param>
    /// <param name="reasoning">Sent before the content, as <c>reasoning_content</c>.</param>
    /// <param name="deltas">The content's pieces in a stream; null = one for each word.</param>
    public static StubReply Text(
        string content,
        string finishReason = "stop",
        int promptTokens = 10,
        int completionTokens = 5,
        string? refusal = null,
        bool reportUsage = true,
        string? reasoning = null,
        IReadOnlyList<string>? deltas = null) =>
        new ChatReply(new StubMessage(refusal is null ? content : null, refusal, reasoning, null, deltas), finishReason)
        {
            Usage = reportUsage ? new StubUsage(promptTokens, completionTokens) : null,
        };

    /// <summary>One tool call, and no content.</summary>
    public static StubReply ToolCall(string name, string argumentsJson, int promptTokens = 10, int completionTokens = 5) =>
        new ChatReply(new StubMessage(null, null, null, new StubToolCall(name, argumentsJson), null), "tool_calls")
        {
            Usage = new StubUsage(promptTokens, completionTokens),
        };

    /// <summary>
    /// A text whose stream reports the usage so far on every chunk, asked or not, and has no chunk of its own for it, as Gemini's
    /// compatible endpoint does. Counted together, the reports are too many tokens: only the last is right.
    /// </summary>
    public static StubReply UsageOnEveryChunk(
        string content, int promptTokens = 10, int completionTokens = 5, IReadOnlyList<string>? deltas = null) =>
        new ChatReply(new StubMessage(content, null, null, null, deltas), "stop")
        {
            Usage = new StubUsage(promptTokens, completionTokens),
            UsageSoFar = true,
        };

    /// <summary>A vector for each text, in their order; a request for chat is refused.</summary>
    /// <param name="vectorOf">The vector of a text, as the provider would send it.</param>
    /// <param name="promptTokens">Null = no usage is reported.</param>
    public static StubReply Vectors(Func<string, float[]> vectorOf, int? promptTokens = 8) => new VectorReply(vectorOf, promptTokens);

    /// <summary>An error in the shape of the stub's API.</summary>
    /// <param name="retryAfter">Sent as <c>Retry-After</c> in whole seconds, and as <c>retry-after-ms</c>.</param>
    public static StubReply Error(
        int status,
        string? code,
        string message,
        string? param = null,
        TimeSpan? retryAfter = null,
        string type = "invalid_request_error") => new ErrorReply(status, code, message, param, retryAfter, type);

    /// <summary>A body as it stands, with the headers given.</summary>
    public static StubReply RawBody(
        int status, string body, string contentType, IReadOnlyDictionary<string, string>? headers = null) =>
        new RawReply(status, System.Text.Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <summary>Bytes as they stand, with the headers given.</summary>
    public static StubReply RawBody(
        int status, byte[] body, string contentType, IReadOnlyDictionary<string, string>? headers = null) =>
        new RawReply(status, body, contentType, headers);

    /// <summary>Sends nothing, no headers either, until the client goes away.</summary>
    public static StubReply Hang() => new HangReply();

    /// <summary>Sends nothing until <paramref name="gate"/> completes, then answers as <paramref name="inner"/>.</summary>
    public static StubReply Gated(Task gate, StubReply inner) => new GatedReply(gate, inner);

    /// <summary>
    /// A stream made of these steps, and nothing else but a role chunk before the first delta. Headers are sent at once. It ends after
    /// the last step, properly or not. A request for a whole answer gets a 500 and a violation instead.
    /// </summary>
    public static StubReply Stream(params StubStep[] steps) => new StreamReply(steps);

    /// <summary>Decides when the request is there.</summary>
    public static StubReply Dynamic(Func<StubRequest, StubReply> reply) => new DynamicReply(reply);

    internal abstract Task WriteAsync(StubExchange exchange);
}
