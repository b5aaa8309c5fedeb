namespace Ensemble.Fuzz.Tests.Support;

/// <summary>What a provider sends.</summary>
/// <param name="Cuts">Where the body is cut into pieces, each sent by itself.</param>
/// <param name="IsCut">Whether the connection is cut after it.</param>
internal sealed record UpstreamBytes(int Status, string ContentType, byte[] Body, IReadOnlyList<int> Cuts, bool IsCut = false)
{
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        var start = 0;
        foreach (var cut in Cuts.Append(Body.Length))
        {
            yield return Body.AsMemory(start, cut - start);
            start = cut;
        }
    }
}
