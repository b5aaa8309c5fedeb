namespace Ensemble.Load.Processes;

/// <summary>A way to run the product that the load benchmark measures.</summary>
/// <param name="Name">On the command line and in reports.</param>
/// <param name="IsNode">A node of role <c>all</c>, a cluster of one process; otherwise the gateway with its own engine.</param>
/// <param name="Storage"><c>Storage:Provider</c>.</param>
internal sealed record ProductSide(string Name, bool IsNode, string Storage)
{
    public const string Sqlite = "sqlite";

    private const string Memory = "memory";

    public static readonly ProductSide InProcess = new("in-process", IsNode: false, Memory);
    public static readonly ProductSide InProcessSqlite = new("in-process-sqlite", IsNode: false, Sqlite);
    public static readonly ProductSide AllMemory = new("all-memory", IsNode: true, Memory);
    public static readonly ProductSide AllSqlite = new("all-sqlite", IsNode: true, Sqlite);

    public static readonly IReadOnlyList<ProductSide> Known = [InProcess, InProcessSqlite, AllMemory, AllSqlite];

    /// <exception cref="LoadException">No side has this name.</exception>
    public static ProductSide Find(string name) => Known.FirstOrDefault(side => side.Name == name)
        ?? throw new LoadException($"--sides: '{name}' is not a side. The sides are {string.Join(", ", Known.Select(side => side.Name))}.");
}
