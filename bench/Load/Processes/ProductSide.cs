namespace Ensemble.Load.Processes;

/// <summary>A way to run the product that the load benchmark measures: a node of role <c>all</c>, a cluster of one process.</summary>
/// <param name="Name">On the command line and in reports.</param>
/// <param name="Storage"><c>Storage:Provider</c>.</param>
internal sealed record ProductSide(string Name, string Storage)
{
    public const string Sqlite = "sqlite";

    private const string Memory = "memory";

    public static readonly ProductSide AllMemory = new("all-memory", Memory);
    public static readonly ProductSide AllSqlite = new("all-sqlite", Sqlite);

    /// <summary>Another build of the product, which <c>--before</c> names: of role <c>all</c>, or of the time when there was an engine without Orleans.</summary>
    public static readonly ProductSide Before = new("before", Memory);

    public static readonly IReadOnlyList<ProductSide> Known = [AllMemory, AllSqlite];

    /// <exception cref="LoadException">No side has this name.</exception>
    public static ProductSide Find(string name) => Known.FirstOrDefault(side => side.Name == name)
        ?? throw new LoadException($"--sides: '{name}' is not a side. The sides are {string.Join(", ", Known.Select(side => side.Name))}.");
}
