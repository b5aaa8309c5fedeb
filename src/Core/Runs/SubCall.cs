using Ensemble.Models;

namespace Ensemble.Runs;

/// <summary>A call that a strategy wants made.</summary>
internal readonly record struct SubCall(SubCallKey Key, SubCallRole Role, ModelCall Call);
