namespace Ensemble.Load.Cluster;

/// <summary>Streamed answers of all sides, so many at once; or why there are none.</summary>
internal sealed record TokenCell(int Streams, IReadOnlyList<TokenFigures> Sides, string? Failure)
{
    public TokenFigures? Find(string side) => Sides.FirstOrDefault(figures => figures.Side == side);
}
