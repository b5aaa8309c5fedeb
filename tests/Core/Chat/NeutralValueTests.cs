using System.Text;
using Ensemble.Chat;

namespace Ensemble.Core.Tests.Chat;

public sealed class NeutralValueTests
{
    [Theory]
    [InlineData("null", true, true)]
    [InlineData("false", true, true)]
    [InlineData("[]", true, true)]
    [InlineData("[ \n]", true, true)]
    [InlineData("0", false, true)]
    [InlineData("\"none\"", false, true)]
    [InlineData("\"auto\"", false, true)]
    [InlineData("{}", false, false)]
    [InlineData("[0]", false, false)]
    [InlineData("0.0", false, false)]
    [InlineData("1", false, false)]
    [InlineData("true", false, false)]
    [InlineData("\"\"", false, false)]
    public void IsNothingAndIsDefault_Value_AreTold(string json, bool isNothing, bool isDefault)
    {
        var value = Encoding.UTF8.GetBytes(json);

        (NeutralValue.IsNullOrEmpty(value), NeutralValue.IsDefault(value)).ShouldBe((isNothing, isDefault));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("{ \t}", true)]
    [InlineData("{\"a\":1}", false)]
    [InlineData("[]", false)]
    public void IsEmptyObject_Value_IsTold(string json, bool expected) =>
        NeutralValue.IsEmptyObject(Encoding.UTF8.GetBytes(json)).ShouldBe(expected);
}
