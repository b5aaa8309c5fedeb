-- psql runs this once, as the owner of the database. Nodes may only read and write the tables that the owner creates later.
\getenv password POSTGRES_NODE_PASSWORD
CREATE ROLE ensemble_node LOGIN PASSWORD :'password';
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ensemble_node;
