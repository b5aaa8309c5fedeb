using Ensemble.Answers;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Answers;

public sealed class RefusalDetectorTests
{
    [Theory]
    [InlineData("I'm sorry, but I can't help with that.", true)]
    [InlineData("I’m sorry, but I can’t assist with that request.", true)]
    [InlineData("I am sorry. I cannot do this.", true)]
    [InlineData("Sorry, I'm unable to provide that information.", true)]
    [InlineData("I cannot help with that.", true)]
    [InlineData("I can't assist with this.", true)]
    [InlineData("I won't provide instructions for that.", true)]
    [InlineData("As an AI language model, I cannot give medical advice.", true)]
    [InlineData("As an AI, I don't have access to your files.", true)]
    [InlineData("Unfortunately, I am not able to comply with your request.", true)]
    [InlineData("I must decline to answer.", true)]
    [InlineData("I apologize, but I can't create that. If you like, I can write about something else.", true)]
    [InlineData("", false)]
    [InlineData("I can't swim.", false)]
    [InlineData("I'm sorry to hear that. Try to turn it off and on again.", false)]
    [InlineData("I apologize for the confusion. It is 5.", false)]
    [InlineData("I'm sorry, but I can't see the picture. Going by your text, the answer is 5.", false)]
    [InlineData("Use a mutex. I can't stress this enough: without it, the counter is wrong.", false)]
    [InlineData("\"I'm sorry, but I can't help with that.\"", false)]
    [InlineData("The model replied: I'm sorry, but I can't help with that.", false)]
    [InlineData("He said \"I cannot help with that\" and left.", false)]
    [InlineData("As an AI I find this a good question: the sky is blue since air scatters short waves more.", false)]
    public void IsRefusal_Text_IsOneWhereItDeclines(string text, bool expected) => RefusalDetector.IsRefusal(text).ShouldBe(expected);

    [Fact]
    public void IsRefusal_LongAnswerAfterARegret_IsNone() =>
        RefusalDetector.IsRefusal("I'm sorry, but I can't give the exact date. " + string.Concat(Enumerable.Repeat("What is known is the following. ", 40))).ShouldBeFalse();

    [Theory]
    [InlineData("I don't know.", true)]
    [InlineData("I do not know the answer to that question.", true)]
    [InlineData("I'm not sure.", true)]
    [InlineData("Sorry, I have no idea.", true)]
    [InlineData("I am not sure what you mean. Could you say more?", true)]
    [InlineData("I'm not sure, but I think it is Paris.", false)]
    [InlineData("I don't know for certain; it's probably Paris.", false)]
    [InlineData("Paris. I am not sure about the rest.", false)]
    [InlineData("The answer is 5, although I am not sure.", false)]
    [InlineData("It cannot be determined.", false)]
    [InlineData("", false)]
    public void IsUnsure_Text_IsSoWhereItSaysNoMore(string text, bool expected) => RefusalDetector.IsUnsure(text).ShouldBe(expected);

    [Theory]
    [InlineData("Paris", "stop", null, false, true)]
    [InlineData("Paris", "length", null, false, true)]
    [InlineData("", "stop", null, false, false)]
    [InlineData(" \n", "stop", null, false, false)]
    [InlineData("", "tool_calls", null, true, true)]
    [InlineData("Paris", "content_filter", null, false, false)]
    [InlineData("Paris", "stop", "No.", false, false)]
    [InlineData("I can't help with that.", "stop", null, false, false)]
    [InlineData("I don't know", "stop", null, false, false)]
    public void HasAnswer_Answer_IsSoWhereItAnswers(string content, string finish, string? refusal, bool calls, bool expected) =>
        RefusalDetector.HasAnswer(new ChatAnswer(content, finish) { Refusal = refusal, CallsTools = calls }).ShouldBe(expected);
}
