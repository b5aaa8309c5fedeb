using System.Text;
using Ensemble.Chat;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Cluster.Tests.Answers;

/// <summary>What a frontend's engine gives for one streamed request.</summary>
internal sealed record StreamedRun(IReadOnlyList<RunEvent> Events)
{
    public string Text => string.Concat(Events.OfType<AnswerDelta>().Select(delta => delta.Text));

    public static async Task<StreamedRun> AskAsync(FrontendNode frontend)
    {
        var engine = frontend.Services.GetRequiredService<ClusterRunEngine>();
        var request = new RunRequest
        {
            Id = RunId.New(),
            Chat = ChatRequestParser.Parse(Encoding.UTF8.GetBytes(ClusterBench.AskStreamed), ChatLimits.Default),
            CatalogRevision = 1,
        };
        (await engine.StartAsync(request, Now.Cancel)).ShouldBe(RunStart.Started);
        var events = new List<RunEvent>();
        await foreach (var runEvent in engine.ReadAsync(request.Id, 0, Now.Cancel))
        {
            events.Add(runEvent);
        }

        return new StreamedRun(events);
    }

    public void ShouldBeWhole(string text)
    {
        Events.Select(runEvent => runEvent.Sequence).ShouldBe(Enumerable.Range(1, Events.Count).Select(number => (long)number));
        Events[^1].ShouldBeOfType<RunCompleted>();
        Text.ShouldBe(text);
    }
}
