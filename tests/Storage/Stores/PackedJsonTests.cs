using System.Text;
using Ensemble.Runs;
using Ensemble.Storage.Sql;
using Ensemble.Testing;

namespace Ensemble.Storage.Tests.Stores;

public sealed class PackedJsonTests
{
    [Fact]
    public void Pack_Manifest_IsMuchShorterAndComesBackAsItWas()
    {
        var run = RunId.New();
        var json = RunManifestJson.Write(TestUsage.Ended(run, [.. Enumerable.Range(0, 4).Select(member => TestUsage.SubCall(run, member))]));

        var packed = PackedJson.Pack(json);

        packed.Length.ShouldBeLessThan(json.Length / 3);
        PackedJson.Unpack(packed).ShouldBe(json);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"a\":1}")]
    public void Pack_Short_StaysAsItIs(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        PackedJson.Pack(bytes).ShouldBe(bytes);
        PackedJson.Unpack(bytes).ShouldBe(bytes);
    }

    [Fact]
    public void Unpack_Damaged_SaysSo() => Should.Throw<InvalidDataException>(() => PackedJson.Unpack([1, 255, 255, 255, 255, 0, 7]));
}
