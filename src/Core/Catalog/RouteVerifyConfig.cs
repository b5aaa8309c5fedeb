namespace Ensemble.Catalog;

/// <param name="Verifier">The alias of a direct model.</param>
public sealed record RouteVerifyConfig(string Verifier, OnVerifierFailure OnVerifierFailure = OnVerifierFailure.Escalate);
