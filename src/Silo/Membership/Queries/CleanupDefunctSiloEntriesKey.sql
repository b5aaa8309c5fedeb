-- 6 is Orleans' number of a dead silo: a silent one is declared so first.
DELETE FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND Status = 6 AND IAmAliveTime < @IAmAliveTime
