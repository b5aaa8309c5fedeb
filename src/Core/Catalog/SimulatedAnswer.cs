using System.Text.RegularExpressions;

namespace Ensemble.Catalog;

/// <summary>What a simulated model says where <see cref="Match"/> matches.</summary>
/// <param name="Match">Matched against the text of the last user message, with a time limit.</param>
/// <param name="Text">The right answer.</param>
/// <param name="Wrong">Wrong answers, one of which is given when the model errs; empty = it never errs here.</param>
public sealed record SimulatedAnswer(Regex Match, string Text, IReadOnlyList<string> Wrong);
