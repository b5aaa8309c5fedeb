using System.Text;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Tests.Traffic;

public sealed class AnswerHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", 200, false)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\ncontent-length:4\r\nX-Ensemble-Degraded: quorum\r\n\r\nbody", 503, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", 200, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, false)]
    public void IsWhole_AnyPrefix_IsFalseUntilTheLastByte(string text, int status, bool isDegraded)
    {
        var answer = Encoding.ASCII.GetBytes(text);
        for (var length = 0; length < answer.Length; length++)
        {
            var part = answer.AsSpan(0, length);
            (AnswerHead.TryRead(part, out var early) && early.IsWhole(part)).ShouldBeFalse($"after {length} bytes");
        }

        AnswerHead.TryRead(answer, out var head).ShouldBeTrue();
        head.IsWhole(answer).ShouldBeTrue();
        head.Status.ShouldBe(status);
        head.IsDegraded.ShouldBe(isDegraded);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    public void TryRead_NoAnswerWhoseEndIsKnown_SaysSo(string text) =>
        Should.Throw<LoadException>(() => AnswerHead.TryRead(Encoding.ASCII.GetBytes(text), out _));
}
