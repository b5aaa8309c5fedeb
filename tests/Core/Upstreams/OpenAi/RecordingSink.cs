using System.Text;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

internal sealed class RecordingSink : IAnswerSink
{
    private readonly TaskCompletionSource _noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Shown => Pieces.Count > 0;

    public List<string> Pieces { get; } = [];

    public List<string> Choices { get; } = [];

    public string Text => string.Concat(Pieces);

    /// <summary>Completes at the first piece of any kind.</summary>
    public Task First => _first.Task.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Completes at the first choices that hold a field <c>note</c>.</summary>
    public Task Noted => _noted.Task.WaitAsync(TestContext.Current.CancellationToken);

    public List<string> Fields { get; } = [];

    public void OnFields(ReadOnlyMemory<byte> fields) => Fields.Add(Encoding.UTF8.GetString(fields.Span));

    public void OnContent(string text)
    {
        Pieces.Add(text);
        _first.TrySetResult();
    }

    public void OnChoices(ReadOnlyMemory<byte> choices)
    {
        Choices.Add(Encoding.UTF8.GetString(choices.Span));
        if (choices.Span.IndexOf("\"note\""u8) >= 0)
        {
            _noted.TrySetResult();
        }

        _first.TrySetResult();
    }
}
