namespace Ensemble.Upstreams.Http;

/// <summary>What an address is.</summary>
/// <param name="Description">With its article, as "a link-local address".</param>
internal readonly record struct AddressVerdict(AddressKind Kind, string Description);
