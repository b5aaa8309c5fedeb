using System.Text;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

public sealed class DirectAnswerTests
{
    private const string Question = """{"model":"a","messages":[{"role":"user","content":"?"}]}""";
    private const string Streamed = """{"model":"a","stream":true,"messages":[{"role":"user","content":"?"}]}""";

    private readonly RunBench _bench = new();

    [Fact]
    public async Task Execute_WholeAnswer_IsTheProvidersWithIdsOfOurs()
    {
        _bench.Upstream.On("a", (_, _) => Task.FromResult(new UpstreamResult
        {
            Outcome = CallOutcome.Ok,
            Answer = new ChatAnswer("", "tool_calls") { CallsTools = true, Choices = """[{"message":{"tool_calls":[{"id":"call_theirs","x":1}]}}]"""u8.ToArray() },
        }));

        var outcome = await _bench.RunAsync(Question);

        outcome.Answer!.IsDirect.ShouldBeTrue();
        var choices = Encoding.UTF8.GetString(outcome.Answer.Choices.Span);
        choices.ShouldStartWith("""[{"message":{"tool_calls":[{"id":"call_""");
        choices.ShouldEndWith(",\"x\":1}]}}]");
        choices.ShouldNotContain("theirs");
        outcome.Manifest.Strategy.ShouldBe("direct");
    }

    [Fact]
    public async Task Execute_BlankAnswer_IsTheAnswer()
    {
        _bench.Upstream.On("a", Does.Finish("length"));
        (await _bench.RunAsync(Question)).Answer!.FinishReason.ShouldBe("length");
    }

    [Theory]
    [InlineData(CallOutcome.RequestRejected, 413, RunFailureKind.RequestRejected, false)]
    [InlineData(CallOutcome.RateLimited, 429, RunFailureKind.RateLimitExceeded, false)]
    [InlineData(CallOutcome.ServerError, 500, RunFailureKind.UpstreamFailed, false)]
    [InlineData(CallOutcome.AuthenticationFailed, 401, RunFailureKind.UpstreamFailed, true)]
    [InlineData(CallOutcome.NotFound, 404, RunFailureKind.UpstreamFailed, true)]
    [InlineData(CallOutcome.TimedOut, null, RunFailureKind.UpstreamTimeout, true)]
    public async Task Execute_Failure_KeepsItsKind(CallOutcome outcome, int? status, RunFailureKind expected, bool isLasting)
    {
        _bench.Upstream.On("a", Does.Fail(outcome, status, "a-2025 says no", retryAfter: TimeSpan.FromSeconds(8)));

        var failure = (await _bench.RunAsync(Question)).Failure!;

        (failure.Kind, failure.IsPermanent).ShouldBe((expected, isLasting));
        failure.Message.ShouldNotContain("a-2025");
        if (expected == RunFailureKind.RequestRejected)
        {
            failure.Status.ShouldBe(status);
        }

        if (expected == RunFailureKind.RateLimitExceeded)
        {
            failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(8));
        }
    }

    [Fact]
    public async Task Execute_StreamBreaksAfterAByte_FailsBehindWhatWasShown()
    {
        _bench.Upstream.On("a", (request, _) =>
        {
            request.Sink!.OnChoices("""[{"delta":{"content":"Half"}}]"""u8.ToArray());
            return Task.FromResult(UpstreamResult.Failed(CallOutcome.TransportError, new UpstreamError("gone")));
        });

        var outcome = await _bench.RunAsync(Streamed);

        outcome.Events.OfType<ChoicesDelta>().Count().ShouldBe(1);
        outcome.Failure!.Message.ShouldBe("The model's answer broke off.");
    }

    [Fact]
    public async Task Execute_FieldsComeWithoutChoices_AreJoinedUpTo64KiB()
    {
        const int Piece = 1024;
        _bench.Upstream.On("a", (request, _) =>
        {
            for (var index = 0; index < 1000; index++)
            {
                var text = $"{{\"f{index}\":\"";
                request.Sink!.OnFields(Encoding.UTF8.GetBytes(text + new string('x', Piece - text.Length - 2) + "\"}"));
            }

            request.Sink!.OnChoices("""[{"delta":{"content":"Hi"}}]"""u8.ToArray());
            return Task.FromResult(new UpstreamResult { Outcome = CallOutcome.Ok, Answer = new ChatAnswer("Hi", "stop") });
        });

        var outcome = await _bench.RunAsync(Streamed);

        var fields = outcome.Events.OfType<ChoicesDelta>().ShouldHaveSingleItem().Fields;
        fields.Length.ShouldBeInRange(63 * Piece, 64 * Piece);
        Encoding.UTF8.GetString(fields.Span).ShouldContain("\"f0\"");
        outcome.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Execute_Cancelled_EndsAsCancelled()
    {
        _bench.Upstream.On("a", Does.Hang());

        var run = _bench.Start(Question);
        await _bench.Upstream.CalledAsync("a");
        run.Run.Cancel();

        (await run.EndAsync()).Failure!.Kind.ShouldBe(RunFailureKind.Cancelled);
    }
}
