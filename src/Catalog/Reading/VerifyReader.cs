namespace Ensemble.Catalog.Reading;

/// <summary>Reads who answers, who audits, and who answers instead.</summary>
internal static class VerifyReader
{
    private static readonly string[] Fields = ["primary", "verifier", "escalate_to", "on_verifier_failure"];

    private static readonly (string, OnVerifierFailure)[] Failures =
        [("escalate", OnVerifierFailure.Escalate), ("accept", OnVerifierFailure.Accept)];

    /// <param name="panel">Its first member answers, and its last other one is escalated to, where the block does not say so
    /// itself.</param>
    public static VerifyConfig? Read(ConfigNode node, IReadOnlyList<PanelMemberConfig> panel, CatalogDraft draft)
    {
        if (node.Object(Fields) is not { } verify)
        {
            return null;
        }

        var primary = verify.Find("primary") is null && panel.Count > 0
            ? panel[0].Model
            : draft.ReadReference(verify.Require("primary", "Name the model that answers first, or give a panel that begins with it."));
        var other = panel.LastOrDefault(member => member.Model != primary)?.Model;
        var escalation = verify.Find("escalate_to") is null && other is not null
            ? other
            : draft.ReadReference(
                verify.Require("escalate_to", "Name the model that answers where the audit fails, or add it to the panel."));
        return new VerifyConfig
        {
            Primary = primary ?? "",
            Verifier = draft.ReadReference(verify.Require("verifier", "Name the model that audits the answer.")) ?? "",
            EscalateTo = escalation ?? "",
            OnVerifierFailure = ReadFailure(verify),
        };
    }

    public static OnVerifierFailure ReadFailure(ConfigObject block) =>
        block.Find("on_verifier_failure")?.OneOf(Failures) ?? OnVerifierFailure.Escalate;
}
