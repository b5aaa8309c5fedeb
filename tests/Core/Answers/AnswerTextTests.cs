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
    [InlineData("東京", "東京")]
    [InlineData("「北京大学」。", "北京大学")]
    [InlineData("中华人民共和国", "中华人民共和国")]
    [InlineData("中国的首都是北京，它是一个历史悠久的城市，有很多著名的景点。", null)]
    [InlineData("東京は日本の首都であり、世界でも最大級の都市のひとつです。", null)]
    [InlineData("กรุงเทพ", "กรุงเทพ")]
    [InlineData("서울 대한민국", "서울 대한민국")]
    [InlineData("iPhone手机", "iphone手机")]
    [InlineData("ＡＢＣ４２", "abc42")]
    [InlineData("“Paris”", "paris")]
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
