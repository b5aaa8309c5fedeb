using Ensemble.Core.Tests.Models;
using Ensemble.Gates;
using Ensemble.Telemetry;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Telemetry;

public sealed class GateInstrumentsTests : IDisposable
{
    private readonly Measured _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task Acquire_OfEachKind_IsCountedWithoutTheNamesOfCallers()
    {
        var gates = new MeteredGates(new ScriptedGate(), new GateInstruments(_measured.Meter));

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
        var gates = new MeteredGates(new ScriptedGate(), new GateInstruments(_measured.Meter));

        var first = await AskAsync(gates, GateKey.Model("quokka"));
        await AskAsync(gates, GateKey.Model("quokka"));
        _measured.Look();
        _measured["ensemble.gate.in_flight{gen_ai.request.model=quokka}"].ShouldBe(2);

        await gates.ReleaseAsync(first.Lease!, new GateRelease(CallOutcome.Ok, null, null));
        _measured.Look();
        _measured["ensemble.gate.in_flight{gen_ai.request.model=quokka}"].ShouldBe(1);
    }

    private static ValueTask<GateAdmission> AskAsync(IGate gates, GateKey key) =>
        gates.AcquireAsync(new GateRequest(key, Guid.NewGuid(), 0, null), TestContext.Current.CancellationToken);
}
