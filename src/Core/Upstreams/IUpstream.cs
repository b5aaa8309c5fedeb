using Ensemble.Chat;

namespace Ensemble.Upstreams;

/// <summary>One provider dialect: turns a request into one upstream call, without retries.</summary>
public interface IUpstream
{
    /// <summary>Whether this dialect can send content of that kind.</summary>
    bool SupportsContent(ContentPartKind kind);

    /// <summary>Whether this dialect has vectors of texts.</summary>
    bool Embeds => true;

    /// <summary>
    /// Makes the call. Every failure is a result, a cancelled call too: what was received and reported until then is in it.
    /// </summary>
    Task<UpstreamResult> SendAsync(UpstreamRequest request, CancellationToken cancellationToken);
}
