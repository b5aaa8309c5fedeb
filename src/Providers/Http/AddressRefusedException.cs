namespace Ensemble.Providers.Http;

/// <summary>
/// A provider's host has an address that must not be called. Retrying does not help: the operator must change the configuration.
/// </summary>
internal sealed class AddressRefusedException(string message) : Exception(message)
{
    /// <summary>The error code of such a call, which has no HTTP status.</summary>
    public const string Code = "address_refused";
}
