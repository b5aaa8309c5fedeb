using Ensemble.Catalog;
using Ensemble.Catalog.Serving;
using Ensemble.Core.Tests.Models;
using Ensemble.Gates;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Telemetry;

public sealed class GateInstrumentsTests : IDisposable
{
    private readonly Measured _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task Acquire_OfEachKind_IsCountedWithoutTheNamesOfCallers()
    {
        await using var gates = Open();

        await AskAsync(gates, GateKey.Model("quokka"));
        await AskAsync(gates, GateKey.Alias("council"));
        await AskAsync(gates, GateKey.Caller("anna"));

        _measured["ensemble.gate.admissions{ensemble.gate.kind=model,ensemble.gate.name=quokka}"].ShouldBe(1);
        _measured["ensemble.gate.admissions{ensemble.gate.kind=alias,ensemble.gate.name=council}"].ShouldBe(1);
        _measured["ensemble.gate.admissions{ensemble.gate.kind=caller}"].ShouldBe(1);
    }

    [Fact]
    public async Task InFlight_OfAModel_CountsWhatIsNotReleased()
    {
        await using var gates = Open();

        var first = await AskAsync(gates, GateKey.Model("quokka"));
        await AskAsync(gates, GateKey.Model("quokka"));
        _measured.Read();
        _measured["ensemble.gate.in_flight{gen_ai.request.model=quokka}"].ShouldBe(2);

        await gates.ReleaseAsync(first.Lease!, new GateRelease(CallOutcome.Ok, null, null));
        _measured.Read();
        _measured["ensemble.gate.in_flight{gen_ai.request.model=quokka}"].ShouldBe(1);
    }

    private GateAgent Open() => new(
        new ScriptedGate(),
        new StaticCatalog(new CatalogSnapshot(1, [], [], [])),
        TimeProvider.System,
        new GateInstruments(_measured.Meter),
        NullLogger<GateAgent>.Instance);

    private static ValueTask<GateAdmission> AskAsync(IGate gates, GateKey key) =>
        gates.AcquireAsync(new GateRequest(key, Guid.NewGuid(), 0, null), TestContext.Current.CancellationToken);
}
