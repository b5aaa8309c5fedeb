using System.Text.Json.Nodes;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Runs;

/// <summary>What scripted models do.</summary>
internal static class Does
{
    public static readonly TokenUsage Used = new(10, 5);

    /// <summary>Answers; streamed in these pieces where a stream is asked for.</summary>
    public static Behaviour Say(params string[] pieces) => Finish("stop", pieces);

    public static Behaviour Finish(string finishReason, params string[] pieces) => (request, _) =>
    {
        Show(request, pieces);
        var text = string.Concat(pieces);
        var outcome = !string.IsNullOrWhiteSpace(text) ? CallOutcome.Ok
            : finishReason == "length" ? CallOutcome.BlankAtLength
            : CallOutcome.Blank;
        return Task.FromResult(new UpstreamResult
        {
            Outcome = outcome,
            Answer = new ChatAnswer(text, finishReason),
            Usage = Used,
            ReceivedCharacters = text.Length,
        });
    };

    /// <summary>Answers several times in one call.</summary>
    public static Behaviour Choose(params string[] answers) => WithChoices(answers[0], new JsonArray([.. answers.Select((answer, index) => Choice(index, answer, null))]));

    public static Behaviour SayWithLogprobs(string text, params double[] logprobs) => WithChoices(
        text, [Choice(0, text, new JsonObject { ["content"] = new JsonArray([.. logprobs.Select(value => new JsonObject { ["token"] = "t", ["logprob"] = value })]) })]);

    /// <summary>Answers each kind of control call as it should be, and anything else with the text.</summary>
    public static Behaviour Assist(string text, string pick = "A", bool pass = true, string route = "a", double confidence = 0.5, string plan = """{"subtasks":[{"member":"facts","task":"The facts."},{"member":"words","task":"The words."}]}""") =>
        (request, cancellationToken) => Say(ControlName(request) switch
        {
            null => text,
            "pick" => $$"""{"pick":"{{pick}}"}""",
            "audit" => pass ? """{"pass":true,"issues":[]}""" : """{"pass":false,"issues":["The sum is wrong."]}""",
            "route" => $$"""{"to":"{{route}}"}""",
            "confidence" => FormattableString.Invariant($$"""{"confidence":{{confidence}}}"""),
            "plan" => plan,
            "analysis" => """{"consensus":["All say a number."],"contradictions":[],"partial_coverage":[],"unique_insights":["One shows its work."],"blind_spots":[]}""",
            var name => throw new InvalidOperationException($"Nobody asks for {name}."),
        })(request, cancellationToken);

    /// <summary>Calls tools, besides what it says.</summary>
    /// <param name="calls">A JSON array.</param>
    public static Behaviour Call(string text, string calls) => (request, _) =>
    {
        Show(request, text.Length > 0 ? [text] : []);
        var choices = $$$"""[{"index":0,"message":{"role":"assistant","content":"{{{text}}}","tool_calls":{{{calls}}}},"finish_reason":"tool_calls"}]""";
        var bytes = System.Text.Encoding.UTF8.GetBytes(choices);
        if (request is { KeepCalls: true, Sink: { } sink })
        {
            request.Watch.OnFirstContent();
            sink.OnCalls(ChoicesAsDelta.Convert(bytes));
        }

        return Task.FromResult(new UpstreamResult
        {
            Outcome = CallOutcome.Ok,
            Answer = new ChatAnswer(text, "tool_calls") { CallsTools = true, Choices = request.KeepChoices || request.KeepCalls ? bytes : default },
            Usage = Used,
        });
    };

    /// <summary>Gives the vectors, in the order in which they are asked for.</summary>
    public static Behaviour Embed(params float[][] vectors) => (request, _) => Task.FromResult(new UpstreamResult
    {
        Outcome = CallOutcome.Ok,
        Answer = new ChatAnswer("", "stop") { Vectors = [.. vectors.Take(request.Inputs!.Count)] },
    });

    public static Behaviour Refuse(string words) => Give(CallOutcome.Refused, new ChatAnswer("", "stop") { Refusal = words });

    public static Behaviour Filter(params string[] pieces) => (request, _) =>
    {
        Show(request, pieces);
        return Task.FromResult(new UpstreamResult
        {
            Outcome = CallOutcome.Filtered,
            Answer = new ChatAnswer(string.Concat(pieces), "content_filter"),
            Usage = Used,
        });
    };

    public static Behaviour Fail(CallOutcome outcome, int? status = null, string message = "It failed.", string? code = null, string? param = null, TimeSpan? retryAfter = null) =>
        (_, _) => Task.FromResult(UpstreamResult.Failed(
            outcome, new UpstreamError(message) { Status = status, Code = code, Param = param, RetryAfter = retryAfter }));

    public static Behaviour Reject(string message, string? code = null, string? param = null) => Fail(CallOutcome.RequestRejected, 400, message, code, param);

    public static Behaviour RateLimit(TimeSpan? retryAfter = null) => Fail(CallOutcome.RateLimited, 429, "Slow down.", "rate_limit_exceeded", retryAfter: retryAfter);

    /// <summary>Shows these pieces of a stream, then nothing until it is cancelled.</summary>
    public static Behaviour Hang(params string[] pieces) => async (request, cancellationToken) =>
    {
        Show(request, pieces);
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException("Nobody ends an endless wait.");
    };

    /// <summary>Shows these pieces of a stream, then fails.</summary>
    public static Behaviour Break(CallOutcome outcome, params string[] pieces) => (request, _) =>
    {
        Show(request, pieces);
        return Task.FromResult(UpstreamResult.Failed(outcome, new UpstreamError("It broke off.")) with
        {
            ReceivedCharacters = pieces.Sum(piece => piece.Length),
        });
    };

    /// <summary>Goes on once the gate opens.</summary>
    public static Behaviour After(Task gate, Behaviour then) => async (request, cancellationToken) =>
    {
        await gate.WaitAsync(cancellationToken);
        return await then(request, cancellationToken);
    };

    private static Behaviour Give(CallOutcome outcome, ChatAnswer answer) =>
        (_, _) => Task.FromResult(new UpstreamResult { Outcome = outcome, Answer = answer, Usage = Used });

    private static string? ControlName(UpstreamRequest request)
    {
        if (!request.Chat.TryGetField("response_format", out var field))
        {
            return null;
        }

        using var format = System.Text.Json.JsonDocument.Parse(request.Chat.SliceMemory(field.Value));
        return format.RootElement.TryGetProperty("json_schema", out var schema) && schema.GetProperty("name").GetString() is "pick" or "audit" or "route" or "confidence" or "plan" or "analysis"
            ? schema.GetProperty("name").GetString()
            : null;
    }

    private static Behaviour WithChoices(string text, JsonArray choices)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(choices.ToJsonString());
        return (_, _) => Task.FromResult(new UpstreamResult { Outcome = CallOutcome.Ok, Answer = new ChatAnswer(text, "stop") { Choices = bytes }, Usage = Used });
    }

    private static JsonObject Choice(int index, string text, JsonNode? logprobs) => new()
    {
        ["index"] = index,
        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
        ["logprobs"] = logprobs,
        ["finish_reason"] = "stop",
    };

    private static void Show(UpstreamRequest request, string[] pieces)
    {
        foreach (var piece in request.Sink is null ? [] : pieces)
        {
            request.Watch.OnBytes();
            request.Watch.OnFirstContent();
            request.Sink!.OnContent(piece);
        }
    }
}
