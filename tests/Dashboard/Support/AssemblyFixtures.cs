using Ensemble.Dashboard.Tests.Support;

[assembly: AssemblyFixture(typeof(Chromium))]
