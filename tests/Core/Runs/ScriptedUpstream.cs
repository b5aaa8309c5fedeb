using System.Text.Json.Nodes;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Runs;

/// <summary>A provider whose models do as they are told: each call takes the next behaviour of its model, the last one stays.</summary>
internal sealed class ScriptedUpstream : IUpstream
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<Behaviour>> _scripts = [];
    private readonly List<ScriptedCall> _calls = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Kinds of content that no model here takes.</summary>
    public HashSet<ContentPartKind> Unsupported { get; } = [];

    public IReadOnlyList<ScriptedCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    public ScriptedUpstream On(string model, params Behaviour[] behaviours)
    {
        _scripts[model] = new Queue<Behaviour>(behaviours);
        return this;
    }

    public IReadOnlyList<ScriptedCall> CallsOf(string model) => [.. Calls.Where(call => call.Model == model)];

    /// <summary>The JSON that the model was sent at its newest call.</summary>
    public JsonNode Sent(string model) => JsonNode.Parse(CallsOf(model)[^1].Body)!;

    /// <summary>Completes once the model has been called so often.</summary>
    public Task CalledAsync(string model, int count = 1) => WaitAsync(() => CallsOf(model).Count >= count);

    /// <summary>Completes once so many calls of the model were cancelled.</summary>
    public Task CancelledAsync(string model, int count = 1) => WaitAsync(() => CallsOf(model).Count(call => call.WasCancelled) >= count);

    public bool SupportsContent(ContentPartKind kind) => !Unsupported.Contains(kind);

    public async Task<UpstreamResult> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var model = request.Model.DisplayName;
        var call = new ScriptedCall(model, RequestRewriter.Rewrite(request.Chat, request.Edits).ToArray(), request.Sink is not null);
        Behaviour behaviour;
        lock (_lock)
        {
            _calls.Add(call);
            var script = _scripts[model];
            behaviour = script.Count > 1 ? script.Dequeue() : script.Peek();
        }

        Pulse();
        try
        {
            return await behaviour(request, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            call.WasCancelled = true;
            Pulse();
            return UpstreamResult.Failed(CallOutcome.Cancelled, new UpstreamError("Stopped."));
        }
    }

    private async Task WaitAsync(Func<bool> isSo)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            if (isSo())
            {
                return;
            }

            await changed.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private void Pulse()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }
}

/// <summary>What a scripted model does with a call.</summary>
internal delegate Task<UpstreamResult> Behaviour(UpstreamRequest request, CancellationToken cancellationToken);

/// <summary>A call as a scripted model saw it.</summary>
internal sealed record ScriptedCall(string Model, byte[] Body, bool Streamed)
{
    public bool WasCancelled { get; set; }
}
