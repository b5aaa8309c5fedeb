-- An unknown member is one row that has a version alone.
SELECT cluster.DeploymentId, cluster.Version, member.Address, member.Port, member.Generation, member.SiloName, member.HostName,
    member.Status, member.ProxyPort, member.SuspectTimes, member.StartTime, member.IAmAliveTime
FROM OrleansMembershipVersionTable AS cluster
LEFT JOIN OrleansMembershipTable AS member
    ON member.DeploymentId = cluster.DeploymentId
        AND member.Address = @Address AND member.Port = @Port AND member.Generation = @Generation
WHERE cluster.DeploymentId = @DeploymentId
