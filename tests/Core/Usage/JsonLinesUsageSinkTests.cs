using System.Text;
using System.Text.Json;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Usage;

public sealed class JsonLinesUsageSinkTests
{
    [Fact]
    public async Task Dispose_QueuedEvents_WritesALineForEach()
    {
        using var output = new MemoryStream();
        var sink = new JsonLinesUsageSink(output, new ManualTimeProvider(), NullLogger<JsonLinesUsageSink>.Instance);
        sink.Append(Event(member: 0));
        sink.Append(Event(member: 1) with { Caller = "anna" });

        await sink.DisposeAsync();

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        using var first = JsonDocument.Parse(lines[0]);
        using var second = JsonDocument.Parse(lines[1]);
        first.RootElement.GetProperty("caller").ValueKind.ShouldBe(JsonValueKind.Null);
        second.RootElement.GetProperty("caller").GetString().ShouldBe("anna");
        second.RootElement.GetProperty("member").GetInt32().ShouldBe(1);
        second.RootElement.GetProperty("outcome").GetString().ShouldBe("timed_out");
        second.RootElement.GetProperty("completion_tokens").ValueKind.ShouldBe(JsonValueKind.Null);
        sink.Dropped.ShouldBe(0);
    }

    [Fact]
    public async Task Append_FullQueue_CountsWhatIsLostAndDoesNotWait()
    {
        // The clock stands still, so nothing is taken out of the queue.
        using var output = new MemoryStream();
        var sink = new JsonLinesUsageSink(output, new ManualTimeProvider(), NullLogger<JsonLinesUsageSink>.Instance);
        for (var index = 0; index < JsonLinesUsageSink.QueueLength + 5; index++)
        {
            sink.Append(Event(index));
        }

        sink.Dropped.ShouldBe(5);
        await sink.DisposeAsync();
        Encoding.UTF8.GetString(output.ToArray()).Count(character => character == '\n').ShouldBe(JsonLinesUsageSink.QueueLength);
    }

    [Fact]
    public async Task Append_OutputThatCannotBeWritten_CountsWhatIsLost()
    {
        // A full buffer says so with another exception than a full disk.
        using var output = new MemoryStream(new byte[1]);
        var sink = new JsonLinesUsageSink(output, new ManualTimeProvider(), NullLogger<JsonLinesUsageSink>.Instance);
        sink.Append(Event(member: 0));

        await sink.DisposeAsync();

        sink.Dropped.ShouldBe(1);
    }

    private static UsageEvent Event(int member) => new()
    {
        Run = RunId.New(),
        Incarnation = 1,
        Ensemble = "council",
        Role = SubCallRole.Panel,
        Key = new SubCallKey(SubCallStep.Candidate, member, 0),
        Model = "a",
        Outcome = CallOutcome.TimedOut,
        Attempts = 1,
        StartedAt = DateTimeOffset.UnixEpoch,
        Total = TimeSpan.FromSeconds(1),
        PromptTokens = 7,
        Source = UsageSource.Estimated,
    };
}
