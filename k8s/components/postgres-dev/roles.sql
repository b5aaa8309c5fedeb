-- Runs once, by psql, as the owner of the database. Tables that the owner makes later are the nodes' to read and write, and no more.
\getenv password POSTGRES_NODE_PASSWORD
CREATE ROLE ensemble_node LOGIN PASSWORD :'password';
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ensemble_node;
