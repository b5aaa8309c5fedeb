using System.Text;
using Ensemble.Chat;
using Ensemble.Frontend.Chat;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>How the events of a run become writes.</summary>
public sealed class StreamedAnswerTests
{
    private const int Pieces = 5000;
    private const int PieceSize = 200;

    /// <summary>What is held at most, with one event that goes over it.</summary>
    private const int MaxBytes = (64 * 1024) + 1024;

    [Fact]
    public async Task Write_AllEventsAreThere_NoMoreIsHeldThanAFlush()
    {
        using var sent = new FlushedStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(sent));
        var chat = ChatRequestParser.Parse("""{"model":"m","stream":true,"messages":[{"role":"user","content":"q"}]}"""u8.ToArray(), ChatLimits.Default);

        await StreamedAnswer.WriteAsync(
            context, new RunRequest { Id = RunId.New(), Chat = chat, CatalogRevision = 1 }, AllThere(), ChatFormat.Instance, TimeSpan.FromSeconds(5), showsNames: false, TimeProvider.System);

        sent.Length.ShouldBeGreaterThan(Pieces * PieceSize);
        sent.LargestFlush.ShouldBeInRange(MaxBytes / 2, MaxBytes);
        Encoding.UTF8.GetString(sent.ToArray()).TrimEnd().ShouldEndWith("data: [DONE]");
    }

#pragma warning disable CS1998 // Every event is there before it is asked for.
    private static async IAsyncEnumerable<RunEvent> AllThere()
    {
        var text = new string('x', PieceSize);
        for (var index = 0; index < Pieces; index++)
        {
            yield return new AnswerDelta(text);
        }

        yield return new RunCompleted(new RunAnswer("stop"), UsageTotals.None);
    }
#pragma warning restore CS1998

    private sealed class FlushedStream : MemoryStream
    {
        private long _flushed;

        public long LargestFlush { get; private set; }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            LargestFlush = Math.Max(LargestFlush, Length - _flushed);
            _flushed = Length;
            return Task.CompletedTask;
        }
    }
}
