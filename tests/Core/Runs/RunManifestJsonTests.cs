using System.Text;
using System.Text.Json;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunManifestJsonTests
{
    private readonly RunBench _bench = new();

    [Fact]
    public async Task ThereAndBack_OfARunWithEverything_IsTheSame()
    {
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Fail(CallOutcome.ServerError, 500, "down"));
        var manifest = (await _bench.RunAsync()).Manifest;

        var json = RunManifestJson.Write(manifest);
        var read = RunManifestJson.Read(json);

        RunManifestJson.Write(read).ShouldBe(json);
        (read.Run, read.Outcome, read.Agreement, read.Panel, read.Total).ShouldBe((manifest.Run, "completed", manifest.Agreement, manifest.Panel, manifest.Total));
        read.SubCalls.Select(subCall => subCall.Usage).ShouldBe(manifest.SubCalls.Select(subCall => subCall.Usage));
        read.SubCalls.Single(subCall => subCall.Error is not null).Error.ShouldBe("down");
        read.Judge!.Order.ShouldBe(manifest.Judge!.Order);
        read.Usage.ShouldBe(manifest.Usage);
    }

    [Fact]
    public async Task Read_OfANewerVersion_PassesOverWhatItDoesNotKnow()
    {
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Say("42"));
        var json = Encoding.UTF8.GetString(RunManifestJson.Write((await _bench.RunAsync()).Manifest));

        RunManifestJson.Read(Encoding.UTF8.GetBytes("{\"FromTheFuture\":[1]," + json[1..])).Outcome.ShouldBe("completed");
    }

    [Fact]
    public void Read_BrokenRunId_Throws() =>
        Should.Throw<JsonException>(() => RunManifestJson.Read("""{"Run":"x"}"""u8));
}
