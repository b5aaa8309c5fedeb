namespace Ensemble.Load.Measuring;

/// <summary>One cell of one side, held against a reference side as a product against a baseline.</summary>
internal sealed record SideResult(string Side, CellResult Cell);
