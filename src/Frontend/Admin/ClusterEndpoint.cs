using Ensemble.Frontend.Http;
using Ensemble.Members;

namespace Ensemble.Frontend.Admin;

/// <summary><c>GET /admin/cluster</c>: who is in the cluster, and how each member stands.</summary>
internal sealed class ClusterEndpoint(IClusterMembers members)
{
    public async Task ReadAsync(HttpContext context)
    {
        var report = await members.ReadAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        await JsonResponse.WriteAsync(context.Response, report, MembersJson.Write);
    }
}
