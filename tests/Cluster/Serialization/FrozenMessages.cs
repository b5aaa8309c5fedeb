namespace Ensemble.Cluster.Tests.Serialization;

/// <summary>Messages as the first version wrote them. They are never changed: a cluster that is being upgraded speaks them.</summary>
internal static class FrozenMessages
{
    public const string RunRequest =
        "IEBBMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYBDUHReyAibW9kZWwiOiJjb3VuY2lsIiwgICJtZXNzYWdlcyI6W3sicm9sZSI6InVzZXIiLCJjb250ZW50IjoiR3JcdTAwZmNcdTAwZGZlIn1dLCAieF91bmtub3duIjogWzEsIDIuNTBdIH1BCXRlYW0BMeA=";

    public static readonly Dictionary<string, string> All = new(StringComparer.Ordinal)
    {
        ["gate-key"] = "MAGAagxASUVuc2VtYmxlLkdhdGVzLkdhdGVLZXksRW5zZW1ibGUuQ29yZQAFQQ9jb3VuY2ls4A==",
        ["gate-holder"] = "MAHYG8pVT0Vuc2VtYmxlLkdhdGVzLkdhdGVIb2xkZXIsRW5zZW1ibGUuQ29yZUBBMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYBCUEPY291bmNpbAEFAQUBBQEN4A==",
        ["gate-request"] = "MAEEMEPGUUVuc2VtYmxlLkdhdGVzLkdhdGVSZXF1ZXN0LEVuc2VtYmxlLkNvcmUgAAlBCXRlYW3gQSEBAAAAAgADAAAAAAAAAAAAAZImIUBBMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYBCUEPY291bmNpbAEFAQUBBQEN4OA=",
        ["gate-lease"] = "MAETTt6yTUVuc2VtYmxlLkdhdGVzLkdhdGVMZWFzZSxFbnNlbWJsZS5Db3JlIAABQQNt4EEhBwAAAAgACQAAAAAAAAAAAAEVASAAVG27zQEKCgEDIUBBMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYBCUEPY291bmNpbAEFAQUBBQEN4OA=",
        ["gate-refusal"] = "MAEhEIy3UUVuc2VtYmxlLkdhdGVzLkdhdGVSZWZ1c2FsLEVuc2VtYmxlLkNvcmUABQEaA4GAGnAYAAAAAOA=",
        ["gate-quota"] = "MAH+lAYQTUVuc2VtYmxlLkdhdGVzLkdhdGVRdW90YSxFbnNlbWJsZS5Db3JlAPEBMYGA3FskAAAAAOA=",
        ["gate-admission"] = "MAFPPGO2VUVuc2VtYmxlLkdhdGVzLkdhdGVBZG1pc3Npb24sRW5zZW1ibGUuQ29yZSAgAAFBA23gQSEHAAAACAAJAAAAAAAAAAAAARUBIABUbbvNAQoKAQMhQEEwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZgEJQQ9jb3VuY2lsAQUBBQEFAQ3g4MEBIQDxATGBgNxbJAAAAADgwQHg",
        ["gate-admission-refused"] = "MAFPPGO2VUVuc2VtYmxlLkdhdGVzLkdhdGVBZG1pc3Npb24sRW5zZW1ibGUuQ29yZcABIQARAQHBAeDBAcEB4A==",
        ["gate-release"] = "MAF7RttLUUVuc2VtYmxlLkdhdGVzLkdhdGVSZWxlYXNlLEVuc2VtYmxlLkNvcmUAIQFFgQDSSWsAAAAAAQHg",
        ["gate-status"] = "MAFXMJ85T0Vuc2VtYmxlLkdhdGVzLkdhdGVTdGF0dXMsRW5zZW1ibGUuQ29yZSAAAUEDbeABAwEFAQkBDQERAQMBFYEAo+ERAAAAAIEAvKBlAQAAAAEZAR0BIQElASmBgHeOBgAAAAABLeA=",
        ["token-usage"] = "MAH3tM5VTUVuc2VtYmxlLkNoYXQuVG9rZW5Vc2FnZSxFbnNlbWJsZS5Db3JlAC0BHQENAQkBBQERARUBGeA=",
        ["usage-totals"] = "MAEy3Fz4UUVuc2VtYmxlLlVzYWdlLlVzYWdlVG90YWxzLEVuc2VtYmxlLkNvcmUgAC0BHQENAQkBBQERARUBGeABIQElQSEAAAYAAAAAAHsAAAAAAAAA4A==",
        ["run-answer"] = "MAF14HmLS0Vuc2VtYmxlLlJ1bnMuUnVuQW5zd2VyLEVuc2VtYmxlLkNvcmVACXN0b3BBBW5vAQFBAeA=",
        ["run-failure"] = "MAHLAzwATUVuc2VtYmxlLlJ1bnMuUnVuRmFpbHVyZSxFbnNlbWJsZS5Db3JlAAFBC3dyb25nQQNjQRdtZXNzYWdlc1swXQEyDYGA8PoCAAAAAAED4A==",
        ["event-answer-delta"] = "MAGarLh4JWVuc2VtYmxlLnJ1bi1ldmVudOgABQENAQlBE2TDqWrDoCB2dUEBAQHBAcEBwQHBAeA=",
        ["event-panel-closed"] = "MAGarLh4JWVuc2VtYmxlLnJ1bi1ldmVudOgADQEFAQXBAUEBAQ2BH4XrUbge5T/BAcEBwQHg",
        ["event-degraded"] = "MAGarLh4JWVuc2VtYmxlLnJ1bi1ldmVudOgAEQEJAQVBGWp1ZGdlX2ZhaWxlZEEBAQHBAcEBwQHBAeA=",
        ["event-completed"] = "MAGarLh4JWVuc2VtYmxlLnJ1bi1ldmVudOgAFQElAQXBAUEBAQHBASFADWxlbmd0aMEBAQFBAeDBASEgAC0BHQENAQkBBQERARUBGeABIQElQSEAAAYAAAAAAHsAAAAAAAAA4OA=",
        ["event-failed"] = "MAGarLh4JWVuc2VtYmxlLnJ1bi1ldmVudOgAGQElAQXBAUEBAQHBAcEBIQAxQQlnb25lwQHBAcEBwQEBAeAhIAAtAR0BDQEJAQUBEQEVARngASEBJUEhAAAGAAAAAAB7AAAAAAAAAODg",
    };
    public static readonly Dictionary<string, string> AnswerBatches = new(StringComparer.Ordinal)
    {
        ["batch-every-event"] = "MAFHorNJK2Vuc2VtYmxlLmFuc3dlci1iYXRjaOhAQTAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmAQkBpSEADSHoAA0BpQEJwQFBAQENgR+F61G4HuU/wQHBAcEB4CDoABEBqQEJQRlqdWRnZV9mYWlsZWRBAQEBwQHBAcEBwQHgIOgABQGtAQlBE2TDqWrDoCB2dUEBAQHBAcEBwQHBAeAg6AAJAbEBCcEBQUtbeyJpbmRleCI6MCwiZGVsdGEiOnsiY29udGVudCI6IngifX1dAQHBAcEBwQHBAeAg6AAVAbUBCcEBQQEBAcEBIUAJc3RvcMEBAQNBG1t7ImluZGV4IjowfV3gwQEhIAAtAR3BAcEBwQHBAcEBwQHgASEBJUEhAAAGAAAAAAB7AAAAAAAAAODgIOgAGQG5AQnBAUEBAQHBAcEBIQANQRF0b28gbWFuecEBwQHBAYGAHSwEAAAAAAEB4MGD4OABAeA=",
        ["batch-rest-is-pulled"] = "MAFHorNJK2Vuc2VtYmxlLmFuc3dlci1iYXRjaOhAQTAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmAQ0BRSHgAQHg",
        ["batch-beat"] = "MAFHorNJK2Vuc2VtYmxlLmFuc3dlci1iYXRjaOjAAQEBAQEh4AEaA+A=",
    };
}
