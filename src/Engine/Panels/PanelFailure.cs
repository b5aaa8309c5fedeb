using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Panels;

/// <summary>Says why a panel has no quorum: the request's fault where it alone explains it, else the members'.</summary>
internal static class PanelFailure
{
    /// <summary>Where answers came, and none of them may be given.</summary>
    public static readonly RunFailure NoneInFormat =
        new(RunFailureKind.PanelBelowQuorum, "No answer is in the format that the request asks for.");

    /// <param name="scrub">Takes names out of a provider's message.</param>
    public static RunEnd Explain(PanelResult panel, Func<string, string> scrub)
    {
        if (FindDecisive(panel, CallOutcome.BudgetExceeded) is not null)
        {
            return new RunFailure(RunFailureKind.BudgetExceeded, Describe(panel)) { IsPermanent = true };
        }

        if (Refusal(panel) is { } refusal)
        {
            return refusal;
        }

        if (FindDecisive(panel, CallOutcome.RequestRejected) is { } rejected)
        {
            var error = rejected.Call.Error!;
            return new RunFailure(RunFailureKind.RequestRejected, scrub(error.Message))
            {
                Code = PublicError.Code(error.Code),
                Param = PublicError.Param(error.Param),
                Original = error.Message,
            };
        }

        if (FindDecisive(panel, CallOutcome.Unsupported) is { } unsupported)
        {
            return new RunFailure(RunFailureKind.UnsupportedContent, "Too few models of this ensemble can take this content part.")
            {
                Param = unsupported.Call.Error!.Param,
            };
        }

        if (FindDecisive(panel, CallOutcome.BlankAtLength) is not null)
        {
            return new RunFailure(
                RunFailureKind.MaxTokensTooSmall,
                "The length limit was reached before any answer text: raise 'max_completion_tokens' (or 'max_tokens'), or leave it out.");
        }

        if (panel.Missing.Count > 0 && panel.Missing.All(result => result.Outcome == CallOutcome.WrongFormat))
        {
            return NoneInFormat;
        }

        var limited = panel.Missing.Where(IsLimited).ToArray();
        if (limited.Length > 0 && limited.Length == panel.Missing.Count)
        {
            return new RunFailure(RunFailureKind.PanelRateLimited, Limited(limited, "The models of this ensemble are"))
            {
                RetryAfter = limited.Min(result => result.Call.RetryAfter),
            };
        }

        return new RunFailure(RunFailureKind.PanelBelowQuorum, Describe(panel)) { IsPermanent = panel.Missing.All(IsMisconfigured) };
    }

    /// <summary>"2 of 3 answers needed, 1 arrived: 1 timed out, 1 failed (5xx)".</summary>
    public static string Describe(PanelResult panel)
    {
        var counts = panel.Missing
            .GroupBy(result => IsCoolingDown(result) ? "cooling down" : OutcomeDescriptions.Of(result.Outcome))
            .Select(group => $"{group.Count()} {group.Key}");
        var open = panel.Total - panel.Candidates.Count - panel.Missing.Count;
        var reasons = open > 0 ? counts.Append($"{open} not waited for") : counts;
        return $"{panel.Required} of {panel.Total} answers needed, {panel.Candidates.Count} arrived: {string.Join(", ", reasons)}.";
    }

    /// <summary>"… at their limits", or for what failed before: "… left alone for a while after failures (cooldown)".</summary>
    public static string Limited(IEnumerable<SubCallResult> results, string subject) => Limited(subject, results.All(IsCoolingDown));

    /// <param name="isCooling">Whether none of them is over a limit.</param>
    public static string Limited(string subject, bool isCooling) =>
        isCooling ? $"{subject} left alone for a while after failures (cooldown)."
        : subject.EndsWith("are", StringComparison.Ordinal) ? $"{subject} at their limits."
        : $"{subject} at its limit.";

    private static bool IsCoolingDown(SubCallResult result) =>
        result is { Outcome: CallOutcome.GateRefused, Call.Error.Code: GateRefusal.CooldownCode };

    public static bool IsLimited(SubCallResult result) => result.Outcome is CallOutcome.RateLimited or CallOutcome.GateRefused;

    private static bool IsMisconfigured(SubCallResult result) => result.Outcome is CallOutcome.AuthenticationFailed or CallOutcome.NotFound;

    /// <summary>As many as quorum needs have declined: that is the panel's answer.</summary>
    private static RunAnswer? Refusal(PanelResult panel)
    {
        var declined = panel.Missing.Where(result => result.Outcome is CallOutcome.Refused or CallOutcome.Filtered).ToArray();
        if (declined.Length < panel.Required)
        {
            return null;
        }

        var refusal = declined.Select(result => result.Call.Answer?.Refusal).FirstOrDefault(text => !string.IsNullOrEmpty(text));
        return refusal is null ? new RunAnswer("content_filter") : new RunAnswer("stop") { Refusal = refusal };
    }

    /// <returns>The first such result, where those alone leave too few for quorum, however the others fared.</returns>
    private static SubCallResult? FindDecisive(PanelResult panel, CallOutcome outcome)
    {
        var results = panel.Missing.Where(result => result.Outcome == outcome).ToArray();
        return results.Length > 0 && panel.Total - results.Length < panel.Required ? results[0] : null;
    }
}
