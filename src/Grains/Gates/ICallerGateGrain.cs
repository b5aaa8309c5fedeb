using Orleans.CodeGeneration;

namespace Ensemble.Grains.Gates;

/// <summary>An ensemble (<c>alias:NAME</c>) or a caller's key (<c>caller:NAME</c>): one limit over all frontends.</summary>
[Alias(WireNames.CallerGateGrain)]
[Version(1)]
public interface ICallerGateGrain : IGateGrain;
