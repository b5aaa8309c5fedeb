using Ensemble.Catalog;

namespace Ensemble.Models;

/// <summary>Makes one cheap call to each of some models, from where their calls are made.</summary>
public interface IModelProbe
{
    /// <param name="catalog">The direct models, as a store keeps them: references to secrets, and sealed ones.</param>
    /// <returns>A report for each, sorted by alias.</returns>
    /// <exception cref="CatalogException">The catalog has errors.</exception>
    Task<IReadOnlyList<ProbeReport>> ProbeAsync(ReadOnlyMemory<byte> catalog, CancellationToken cancellationToken);
}
