namespace Ensemble.Catalog;

/// <param name="To">The alias of a direct model.</param>
public sealed record RouteRule(RouteCondition When, string To);
