using Ensemble.Catalog;

namespace Ensemble.Testing;

/// <summary>A catalog that a test changes.</summary>
public sealed class TestCatalog(CatalogSnapshot current) : ICatalog
{
    public event Action<CatalogSnapshot>? Changed;

    public CatalogSnapshot Current { get; private set; } = current;

    public string? Problem { get; set; }

    /// <summary>
    /// One ensemble, <c>panel</c>, of <paramref name="members"/> judged by <paramref name="judge"/>, all of them models of that stub.
    /// </summary>
    public static TestCatalog Panel(UpstreamStub stub, IReadOnlyList<string> members, string judge) => new(
        new CatalogBuilder()
            .Add([.. members.Append(judge).Distinct().Select(alias => TestModels.Of(stub, alias))])
            .Add(TestEnsembles.Of("panel", members, judge))
            .Build());

    /// <summary>Serves <paramref name="next"/> and raises <see cref="Changed"/>.</summary>
    public void Change(CatalogSnapshot next)
    {
        Current = next;
        Changed?.Invoke(next);
    }
}
