using Ensemble.Runs;

namespace Ensemble.Core.Tests.Runs;

public sealed class PublicErrorTests
{
    [Theory]
    [InlineData("context_length_exceeded", "context_length_exceeded")]
    [InlineData("sk-secret", null)]
    [InlineData("vendor_code", null)]
    [InlineData(null, null)]
    public void Code_OnlyWhereItIsKnown_IsShown(string? code, string? expected) => PublicError.Code(code).ShouldBe(expected);

    [Theory]
    [InlineData("messages[0].content", "messages[0].content")]
    [InlineData("messages[12]", "messages[12]")]
    [InlineData("messages", "messages")]
    [InlineData("tools.0.function.parameters", "tools.0.function.parameters")]
    [InlineData("messages[0].sk-secret", "messages[0]")]
    [InlineData("tools.secret123", "tools")]
    [InlineData("messages[999999]", "messages")]
    [InlineData("sk-secret", null)]
    [InlineData("7", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Param_AsFarAsItsPartsAreKnown_IsShown(string? path, string? expected) => PublicError.Param(path).ShouldBe(expected);
}
