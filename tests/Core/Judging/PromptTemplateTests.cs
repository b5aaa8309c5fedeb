using System.Text.Json;
using Ensemble.Judging;

namespace Ensemble.Core.Tests.Judging;

public sealed class PromptTemplateTests
{
    [Theory]
    [InlineData("{original_request}|{labeled_candidates}", "Q|C")]
    [InlineData("{{original_request}} {x} { {labeled_candidates}", "{Q} {x} { C")]
    [InlineData("{labeled_candidates}{original_request}", "CQ")]
    [InlineData("{original_request {labeled_candidates}{", "{original_request C{")]
    public void Fill_Template_PutsEachTextInItsPlace(string template, string expected) =>
        Filled(template, "Q", "C").ShouldBe(expected);

    [Fact]
    public void Fill_TextsThatHoldPlaces_AreNotExpandedAgain() =>
        Filled("{original_request}-{labeled_candidates}", "{labeled_candidates}", "{original_request}")
            .ShouldBe("{labeled_candidates}-{original_request}");

    private static string Filled(string template, string originalRequest, string labeledCandidates)
    {
        using var prompt = new PromptWriter(hasAttachments: false);
        PromptTemplate.Fill(prompt, template, writer => writer.Write(originalRequest), writer => writer.Write(labeledCandidates));
        using var message = JsonDocument.Parse(prompt.End());
        return message.RootElement.GetProperty("content").GetString()!;
    }
}
