using Ensemble.Silo.Options;
using Microsoft.Extensions.Configuration.Memory;

namespace Ensemble.Silo.Hosting;

/// <summary>What a node logs, and where a member of a cluster keeps its tables, unless its configuration says otherwise.</summary>
internal static class NodeDefaults
{
    public static void AddNodeDefaults(this WebApplicationBuilder builder)
    {
        var settings = new Dictionary<string, string?>
        {
            // Its first look at a silo counts from the start of the machine, and warns of a standstill that was none.
            ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",

            // On a machine that is slow to start it warns, in lines of 500 characters, that its own tasks take long.
            ["Logging:LogLevel:Orleans.Runtime.Scheduler.WorkItemGroup"] = "Error",
        };
        if (builder.Configuration[NodeConfiguration.Connection] is { Length: > 0 } connection)
        {
            settings["Storage:Provider"] = "postgres";
            settings["Storage:ConnectionString"] = connection;
        }

        // First in the list: every other source goes before it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = settings });
    }
}
