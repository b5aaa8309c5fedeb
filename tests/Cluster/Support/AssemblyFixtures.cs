using Ensemble.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
