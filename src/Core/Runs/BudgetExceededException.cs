namespace Ensemble.Runs;

/// <summary>A call does not fit the budget of a run that is to fail by it.</summary>
internal sealed class BudgetExceededException() : Exception("The next call does not fit the budget of this run.");
