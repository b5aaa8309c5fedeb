namespace Ensemble.Testing;

/// <summary>A request that no real provider would have taken, and what it was answered.</summary>
/// <param name="Model">The model asked for; empty where the request did not get that far.</param>
public sealed record StubViolation(string Model, int Status, string? Code, string? Param, string Message, string Type = "invalid_request_error");
