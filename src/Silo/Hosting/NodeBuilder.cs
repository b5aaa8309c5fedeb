using Ensemble.Frontend.Options;
using Ensemble.Silo.Options;

namespace Ensemble.Silo.Hosting;

/// <summary>What the program begins with, whatever it does: its configuration, and the options in it.</summary>
internal static class NodeBuilder
{
    /// <param name="args">The options of the command line.</param>
    /// <param name="command">
    /// For a command, which asks only for what all nodes share: the role whose rules hold where no cluster is named. Null = this is a node.
    /// </param>
    /// <exception cref="StartupException">The configuration cannot be read, or an option does not hold.</exception>
    public static (WebApplicationBuilder Builder, FrontendOptions Frontend, NodeOptions Node) Create(
        string[] args, NodeRole? command = null)
    {
        var (builder, problems) = Configure(args);
        var hasCluster = !string.IsNullOrEmpty(builder.Configuration[NodeConfiguration.Connection]);
        var role = command is not null && hasCluster ? NodeRole.Frontend : command;
        var (frontend, node) = NodeConfiguration.Read(builder.Configuration, role, problems);
        return (builder, frontend, node);
    }

    private static (WebApplicationBuilder Builder, IReadOnlyList<string> Problems) Configure(string[] args)
    {
        var line = ConfigurationArguments.Read(args, [.. NodeConfiguration.Options.Select(static option => option.Name)]);
        try
        {
            var builder = WebApplication.CreateSlimBuilder(line.Options);
            builder.AddLoggingDefaults();
            builder.AddNodeDefaults();
            return (builder, line.Problems);
        }
        catch (Exception exception)
            when (exception is StartupException or IOException or InvalidDataException or FormatException or ArgumentException)
        {
            // A folder that is not there, or an appsettings.json that is no JSON.
            var reason = exception is StartupException
                ? exception.Message
                : $"The configuration cannot be read: {(exception.InnerException ?? exception).Message}";
            throw new StartupException(string.Join(Environment.NewLine, [.. line.Problems, reason]));
        }
    }
}
