using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

/// <summary>What a provider refuses, and how it says so.</summary>
internal interface IRequestRules
{
    /// <returns>Null where every rule is kept.</returns>
    StubViolation? Check(HttpRequest http, StubRequest request, Func<string, bool> served);

    JsonObject ErrorBody(int status, string message, string type, string? param, string? code);
}
