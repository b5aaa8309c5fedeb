namespace Ensemble.Grains.Usage;

/// <summary>Where what ends is to be published.</summary>
[GenerateSerializer]
[Immutable]
[Alias(Aliases.UsageWatchList)]
public sealed record UsageWatchList
{
    /// <summary>Another number says that whoever answers has begun to collect anew, and may not know everyone yet.</summary>
    [Id(0)]
    public Guid Epoch { get; init; }

    [Id(1)]
    public string[] Addresses { get; init; } = [];
}
