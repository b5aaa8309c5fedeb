namespace Ensemble.Runs;

/// <summary>The panel has answered as far as it was waited for.</summary>
/// <param name="Usable">Answers with which the run goes on.</param>
/// <param name="Agreement">From 0 to 1; null below two answers.</param>
public sealed record PanelClosed(int Usable, double? Agreement) : RunEvent;
