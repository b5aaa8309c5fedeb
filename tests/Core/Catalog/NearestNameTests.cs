using Ensemble.Catalog.Reading;

namespace Ensemble.Catalog.Tests;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("retires", "retries")]
    [InlineData("RETRIES", "retries")]
    [InlineData("retry", null)]
    [InlineData("retrie", "retries")]
    [InlineData("timeout", "timeout_ms")]
    [InlineData("timeout_mss", "timeout_ms")]
    [InlineData("timout", null)]
    [InlineData("base_uri", "base_url")]
    [InlineData("x", null)]
    [InlineData("", null)]
    [InlineData("something_else", null)]
    public void Of_Misspelling_FindsTheNameOnlyWhereItIsClose(string name, string? nearest) =>
        NearestName.Of(name, ["retries", "timeout_ms", "base_url", "model"]).ShouldBe(nearest);

    [Fact]
    public void Of_SeveralClose_TakesTheClosest() => NearestName.Of("model-11", ["model-22", "model-12", "model-2"]).ShouldBe("model-12");

    [Fact]
    public void Of_LongestNames_StaysInBounds()
    {
        var longest = new string('a', 64);

        NearestName.Of(longest[..63] + "b", [longest]).ShouldBe(longest);
        NearestName.Of(longest[..61], [longest]).ShouldBe(longest);
        NearestName.Of(longest[..60], [longest]).ShouldBeNull();
        NearestName.Of(longest + "a", [longest]).ShouldBeNull();
    }
}
