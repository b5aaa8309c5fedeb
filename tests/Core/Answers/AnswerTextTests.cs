using Ensemble.Answers;

namespace Ensemble.Core.Tests.Answers;

public sealed class AnswerTextTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData(" 42. ", "42")]
    [InlineData("**Paris**!", "paris")]
    [InlineData("the  Answer\nis: \"C\"", "the answer is c")]
    [InlineData("-5", "-5")]
    [InlineData(".5", ".5")]
    [InlineData("(.5)", ".5")]
    [InlineData("...5", ".5")]
    [InlineData("5.", "5")]
    [InlineData(".NET", "net")]
    [InlineData("$5", "$5")]
    [InlineData("50%", "50%")]
    [InlineData("...", "...")]
    [InlineData("one two three four five six seven eight", "one two three four five six seven eight")]
    [InlineData("one two three four five six seven eight nine", null)]
    [InlineData("", null)]
    [InlineData(" \n ", null)]
    public void Short_Text_IsNormalisedOrTooLong(string text, string? expected) => AnswerText.Short(text).ShouldBe(expected);

    [Theory]
    [InlineData("230", "23")]
    [InlineData("0.5", "5")]
    [InlineData(".5", "5")]
    [InlineData("-5", "5")]
    [InlineData("A and C", "C")]
    public void Short_DifferentAnswers_StayDifferent(string one, string other) => AnswerText.Short(one).ShouldNotBe(AnswerText.Short(other));

    [Fact]
    public void Short_OneVeryLongWord_IsNoShortAnswer() => AnswerText.Short(new string('x', 257)).ShouldBeNull();
}
