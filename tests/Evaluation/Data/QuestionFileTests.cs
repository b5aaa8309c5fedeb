using Ensemble.Evaluation.Data;

namespace Ensemble.Evaluation.Tests.Data;

public sealed class QuestionFileTests
{
    [Theory]
    [InlineData("""{"question":"What is 2 + 2?","answer":4}""", "What is 2 + 2?", "4")]
    [InlineData("""{"question":"Is it?","answer":true}""", "Is it?", "yes")]
    [InlineData("""{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi?"}],"answers":["a","b"]}""", "Hi?", "a|b")]
    [InlineData("""{"question":"How many?","answer":"She has 3 * 6 = <<3*6=18>>18.\n#### 18"}""", "How many?", "18")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"text","text":"Capital?"}]}],"ideal":"Paris"}""", "Capital?", "Paris")]
    [InlineData("""{"input":"Capital?","ideal":["Paris","paris, France"]}""", "Capital?", "Paris|paris, France")]
    [InlineData("""{"question":"Who?","question_id":"tc_1","answer":{"value":"Sinclair Lewis","aliases":["Harry Sinclair Lewis"]}}""", "Who?", "Sinclair Lewis|Harry Sinclair Lewis")]
    public void Read_KnownForms_GivesQuestionAndReferences(string line, string text, string references)
    {
        var question = QuestionFile.Read("data.jsonl", [line]).ShouldHaveSingleItem();

        question.Text.ShouldBe(text);
        string.Join('|', question.References).ShouldBe(references);
    }

    [Theory]
    [InlineData("1", "B")]
    [InlineData("\"C\"", "C")]
    [InlineData("\"blue\"", "C")]
    [InlineData("\"0\"", "A")]
    public void Read_Choices_AreListedAndAnsweredByLetter(string answer, string letter)
    {
        var question = QuestionFile.Read("mmlu.jsonl", [$$"""{"question":"Which?","choices":["red","green","blue"],"answer":{{answer}}}"""]).Single();

        question.References.ShouldBe([letter]);
        question.Text.ShouldContain("A. red\nB. green\nC. blue\n");
        question.Messages.ShouldContain("C. blue");
    }

    [Fact]
    public void Read_ChoiceTextThatIsADigit_IsTheChoiceAndNoIndex() =>
        QuestionFile.Read("mmlu.jsonl", ["""{"question":"Which?","choices":["3","2","1"],"answer":"1"}"""]).Single().References.ShouldBe(["C"]);

    [Fact]
    public void Read_RecordedPanel_HasTheAnswersOfItsModels()
    {
        var question = QuestionFile.Read("panel.jsonl", ["""{"id":"q1","question":"How many?","answer":"18","responses":{"m":{"text":"18.","correct":true}}}"""]).Single();

        (question.Id, question.Recorded["m"]).ShouldBe(("q1", "18."));
    }

    [Theory]
    [InlineData("[1]", "is no JSON object")]
    [InlineData("{", "is no JSON")]
    [InlineData("""{"answer":1}""", "asks nothing")]
    [InlineData("""{"question":"","answer":1}""", "empty \"question\"")]
    [InlineData("""{"question":"Q"}""", "no right answer")]
    [InlineData("""{"question":"Q","answer":" "}""", "empty right answer")]
    [InlineData("""{"question":"Q","choices":["a","b"],"answer":2}""", "not one of its choices")]
    [InlineData("""{"question":"Q","choices":["a"],"answer":0}""", "no list of 2 to 26")]
    [InlineData("""{"messages":[{"role":"system","content":"x"}],"answer":0}""", "none is a user's")]
    public void Read_LineOfNoForm_IsAnErrorWithItsNumber(string line, string reason)
    {
        var error = Should.Throw<EvaluationException>(() => QuestionFile.Read("data.jsonl", ["""{"question":"Q","answer":1}""", "", line]));

        error.Message.ShouldContain("data.jsonl, line 3: ");
        error.Message.ShouldContain(reason);
    }

    [Fact]
    public void Read_TheSameIdTwice_IsAnError() =>
        Should.Throw<EvaluationException>(() => QuestionFile.Read("d", ["""{"id":"a","question":"Q","answer":1}""", """{"id":"a","question":"R","answer":1}"""]))
            .Message.ShouldContain("line 2: has the id 'a' of line 1");

    [Fact]
    public async Task ReadAsync_Sample_IsTheSameForTheSameSeed()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(
                file, Enumerable.Range(0, 50).Select(number => $$"""{"id":"{{number}}","question":"Q","answer":1}"""), TestContext.Current.CancellationToken);

            var once = await QuestionFile.ReadAsync(file, 10, 1, TestContext.Current.CancellationToken);
            var again = await QuestionFile.ReadAsync(file, 10, 1, TestContext.Current.CancellationToken);
            var other = await QuestionFile.ReadAsync(file, 10, 2, TestContext.Current.CancellationToken);

            once.Count.ShouldBe(10);
            again.Select(static question => question.Id).ShouldBe(once.Select(static question => question.Id));
            other.Select(static question => question.Id).ShouldNotBe(once.Select(static question => question.Id));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
