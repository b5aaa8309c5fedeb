using Ensemble.Frontend.Hosting;
using Ensemble.Frontend.Options;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Hosting;
using Ensemble.Silo.Health;
using Ensemble.Silo.Membership;
using Ensemble.Silo.Options;
using Ensemble.Storage.Hosting;
using Ensemble.Storage.Postgres;

namespace Ensemble.Silo.Hosting;

/// <summary>Puts a node together, by its role.</summary>
internal static class NodeHost
{
    private const string SiloUrl = "http://127.0.0.1:8081";

    /// <param name="args">The command line.</param>
    /// <exception cref="StartupException">An option does not hold.</exception>
    public static WebApplication Build(string[] args)
    {
        var (builder, frontend, node) = NodeBuilder.Create(args);
        if (node.ConnectionString is { } connection)
        {
            builder.Services.AddSingleton(new MembershipSchema(PostgresConnection.Read(connection, NodeConfiguration.Connection)));
            builder.Services.AddHostedService<MembershipCheck>();
        }

        builder.Services.AddSingleton(node).AddEnsembleStorage(frontend.Storage);
        return node.Role is NodeRole.Silo ? BuildSilo(builder, frontend, node) : BuildFrontend(builder, frontend, node);
    }

    private static WebApplication BuildFrontend(WebApplicationBuilder builder, FrontendOptions frontend, NodeOptions node)
    {
        // Beside a silo answers are read where they are made: what another silo makes is pulled.
        var answers = AnswerTransport.Pull;
        if (node.Role is NodeRole.All)
        {
            builder.UseOrleans(silo => silo.AddNode(node));
        }
        else
        {
            answers = node.Answers;
            builder.UseOrleansClient(client => client.AddNode(node));
            builder.Services.AddSiloReachability();
        }

        builder.Services.AddClusterEngine(frontend.MaxRuns, answers, node.IsStandalone);
        builder.AddFrontend(frontend);
        var app = builder.Build();
        app.MapEnsembleFrontend();
        return app;
    }

    // Its endpoints are probes, which tell nothing and change nothing: no key is needed to open them to other machines.
    private static WebApplication BuildSilo(WebApplicationBuilder builder, FrontendOptions frontend, NodeOptions node)
    {
        builder.UseOrleans(silo => silo.AddNode(node));
        builder.UseListeners(frontend, SiloUrl);
        builder.Services.AddEnsembleCatalog(frontend).AddEnsembleModels(frontend).AddSingleton<SiloProbes>();
        var app = builder.Build();
        app.Services.GetRequiredService<SiloProbes>().Map(app);
        return app;
    }
}
