-- A cluster without members is one row that has a version alone.
SELECT cluster.DeploymentId, cluster.Version, member.Address, member.Port, member.Generation, member.SiloName, member.HostName,
    member.Status, member.ProxyPort, member.SuspectTimes, member.StartTime, member.IAmAliveTime
FROM OrleansMembershipVersionTable AS cluster
LEFT JOIN OrleansMembershipTable AS member USING (DeploymentId)
WHERE cluster.DeploymentId = @DeploymentId
