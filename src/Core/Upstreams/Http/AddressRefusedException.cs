namespace Ensemble.Upstreams.Http;

/// <summary>
/// A provider's host is at an address that is not called. Asking again changes nothing: the operator's configuration does.
/// </summary>
internal sealed class AddressRefusedException(string message) : Exception(message)
{
    /// <summary>The code of the error that a call fails with then; such a call has no status.</summary>
    public const string Code = "address_refused";
}
