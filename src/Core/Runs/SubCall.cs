using Ensemble.Gates;
using Ensemble.Models;

namespace Ensemble.Runs;

/// <summary>A call that a strategy wants made.</summary>
/// <param name="Admission">Of the model's gate, where it was asked beforehand.</param>
internal readonly record struct SubCall(SubCallKey Key, SubCallRole Role, ModelCall Call, GateAdmission? Admission = null);
