using System.Text;
using Ensemble.Evaluation.Recording;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Tests.Recording;

public sealed class AnswerRecordingTests
{
    [Fact]
    public void Open_LineThatWasCut_IsDroppedAndWrittenOver()
    {
        using var stream = Stream([.. RecordingLine.Answer("a", "q", "m", 1, Answer("yes")), .. "{\"key\":\"b\",\"ans"u8]);
        using (var recording = Open(stream))
        {
            recording.Find("a")!.Answer!.Content.ShouldBe("yes");
            recording.Find("b").ShouldBeNull();
            recording.End("b", "q", "m", 1, Answer("no"));
        }

        using var again = Open(Stream(stream.ToArray()));
        again.Find("b")!.Answer!.Content.ShouldBe("no");
    }

    [Fact]
    public void Open_LineOfAnotherKind_IsAnErrorWithItsNumber() =>
        Should.Throw<EvaluationException>(() => Open(Stream([.. RecordingLine.Pending("a", 1), .. "{\"x\":1}\n"u8])))
            .Message.ShouldContain("line 2: is no line of a recording: {\"x\":1}");

    [Fact]
    public void Open_RecordingsOfOthers_AreFoundByQuestionAndModel()
    {
        using var recording = Open(Stream(Encoding.UTF8.GetBytes(
            """
            {"question":"How many?","model":"m1","text":"18"}
            {"id":"q2","model":"m1","response":"19"}
            {"id":"q3","question":"Which?","answer":"a","responses":{"m1":{"text":"20"},"m2":"21"}}

            """)));

        recording.FindImported("q1", "How many?", "m1").ShouldBe("18");
        recording.FindImported("q2", "Else?", "m1").ShouldBe("19");
        recording.FindImported("q3", "Which?", "m2").ShouldBe("21");
        recording.FindImported("q3", "Which?", "m3").ShouldBeNull();
    }

    [Fact]
    public void Open_Failures_AreForgottenWhereTheyAreToBeAskedAgain()
    {
        var failed = Answer("") with { Outcome = CallOutcome.ServerError, Answer = null };
        byte[] lines = [.. RecordingLine.Answer("a", "q", "m", 0.5m, failed)];

        using var kept = Open(Stream(lines));
        using var retried = AnswerRecording.Open(Stream(lines), "r", retryFailed: true);

        kept.Find("a")!.Outcome.ShouldBe(CallOutcome.ServerError);
        retried.Find("a").ShouldBeNull();
        retried.Spent.ShouldBe(0.5m);
    }

    [Fact]
    public void Result_VectorsAndChoices_ComeBackAsTheyWere()
    {
        var result = Answer("text") with
        {
            Answer = new ChatAnswer("text", "length") { Choices = "[1]"u8.ToArray(), Vectors = [[0.25f, -1f], [0f, 1f]] },
            Total = TimeSpan.FromSeconds(1.5),
        };
        using var recording = Open(Stream(RecordingLine.Answer("a", "q", "m", 0, result)));

        var found = recording.Find("a")!;

        found.Answer!.Vectors.ShouldBe(result.Answer!.Vectors);
        found.Answer.Choices.ToArray().ShouldBe("[1]"u8.ToArray());
        (found.Answer.FinishReason, found.Total).ShouldBe(("length", TimeSpan.FromSeconds(1.5)));
    }

    private static ModelCallResult Answer(string text) => new()
    {
        Outcome = CallOutcome.Ok,
        Answer = new ChatAnswer(text, "stop"),
        Attempts = 1,
        StartedAt = DateTimeOffset.UnixEpoch,
        Total = TimeSpan.Zero,
    };

    private static AnswerRecording Open(Stream stream) => AnswerRecording.Open(stream, "r", retryFailed: false);

    private static MemoryStream Stream(byte[] bytes)
    {
        var stream = new MemoryStream();
        stream.Write(bytes);
        stream.Position = 0;
        return stream;
    }
}
