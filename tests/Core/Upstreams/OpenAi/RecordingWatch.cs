using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

internal sealed class RecordingWatch : ICallMonitor
{
    public int Reads { get; private set; }

    public int FirstContents { get; private set; }

    public void OnBytes() => Reads++;

    public void OnFirstContent() => FirstContents++;
}
