using System.Text.Json;
using Ensemble.Runs;

namespace Ensemble.Judging;

/// <param name="Value">An object of the shape that was asked for; null where no model gave one.</param>
/// <param name="Failures">Of those that were asked before, in order.</param>
/// <param name="Shown">The candidates as the model that answered saw them.</param>
internal sealed record ControlReply(JsonElement? Value, IReadOnlyList<SubCallResult> Failures, IReadOnlyList<LabelledCandidate> Shown);
