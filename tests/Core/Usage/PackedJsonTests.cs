using System.Text;
using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class PackedJsonTests
{
    [Fact]
    public void Pack_Manifest_IsMuchShorterAndComesBackAsItWas()
    {
        var run = RunId.New();
        var json = RunManifestJson.Write(TestUsage.Ended(run, [.. Enumerable.Range(0, 4).Select(member => TestUsage.SubCall(run, member))]));

        var packed = PackedJson.Pack(json);

        packed.Length.ShouldBeLessThan(json.Length / 3);
        PackedJson.Unpack(packed).ToArray().ShouldBe(json);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"a\":1}")]
    public void Pack_Short_StaysAsItIs(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        PackedJson.Pack(bytes).ShouldBe(bytes);
        PackedJson.Unpack(bytes).ToArray().ShouldBe(bytes);
    }

    [Fact]
    public void Unpack_Damaged_SaysSo() => Should.Throw<InvalidDataException>(() => PackedJson.Unpack((byte[])[1, 255, 255, 255, 255, 0, 7]));

    [Fact]
    public void Unpack_CutShort_SaysSo()
    {
        var packed = PackedJson.Pack(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 1000))}]"));

        Should.Throw<InvalidDataException>(() => PackedJson.Unpack(packed.AsMemory(0, packed.Length / 2)));
    }

    [Fact]
    public void Unpack_LongerThanAnythingThatIsStored_SaysSo() =>
        Should.Throw<InvalidDataException>(() => PackedJson.Unpack(PackedJson.Pack(new byte[5 * 1024 * 1024])));
}
