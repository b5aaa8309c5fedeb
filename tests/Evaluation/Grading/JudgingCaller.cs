using System.Text;
using System.Text.RegularExpressions;
using Ensemble.Chat;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Tests.Grading;

/// <summary>Members that are always right, and a judge that on odd questions sees it only where the reference stands first.</summary>
internal sealed partial class JudgingCaller : IModelCaller
{
    public ValueTask<GateAdmission?> AdmitAsync(ModelCall call, GateHolder holder, CancellationToken cancellationToken) => default;

    public ValueTask ReturnAsync(GateAdmission admission) => default;

    public ValueTask<GateRefusal?> RefusalAsync(string model, long tokens, CancellationToken cancellationToken) => default;

    public Task<ModelCallResult> CallAsync(ModelCall call, GateHolder holder, GateAdmission? admission, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetString(RequestRewriter.Rewrite(call.Chat, call.Edits).ToArray());
        var question = int.Parse(Number().Match(body).Groups["number"].Value);
        var isReferenceFirst = body.IndexOf($">\\n{1000 + question}\\n", StringComparison.Ordinal) < body.IndexOf("answer-2", StringComparison.Ordinal);
        var text = call.Model.DisplayName != "judge" ? $"There are {1000 + question} of them."
            : $"{{\"same\": {(question % 2 == 0 || isReferenceFirst ? "true" : "false")}}}";
        return Task.FromResult(new ModelCallResult
        {
            Outcome = CallOutcome.Ok,
            Answer = new ChatAnswer(text, "stop"),
            Attempts = 1,
            StartedAt = DateTimeOffset.UnixEpoch,
            Total = TimeSpan.FromSeconds(1),
        });
    }

    [GeneratedRegex("Question (?<number>[0-9]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
