-- What the engine needs besides the tables of the store, which the store makes
-- itself: see create.go.

-- The numbers that belong to tables. Who writes locks these rows first, so that
-- there is one write transaction at a time in the cluster, and the tables' numbers
-- grow in the order of the commits.
CREATE TABLE counters (
    name  text PRIMARY KEY,
    value bigint NOT NULL
);

-- A row that is there before the first table's: without any, nobody would wait.
INSERT INTO counters VALUES ('', 0);

-- Who is at work on a source, and until when others leave it alone. due is that of
-- the source's record, kept beside it in the same transaction.
CREATE TABLE leases (
    source text PRIMARY KEY,
    due    timestamptz NOT NULL DEFAULT '-infinity',
    node   text        NOT NULL DEFAULT '',
    until  timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- Which article's page somebody is at work on.
CREATE TABLE claims (
    item  text PRIMARY KEY,
    node  text        NOT NULL,
    until timestamptz NOT NULL
);

-- When the next request to a site may start, and before when it asked to be left
-- alone.
CREATE TABLE sites (
    site text PRIMARY KEY,
    next timestamptz NOT NULL DEFAULT '-infinity',
    rest timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- The places at a site: so many requests at a time.
CREATE TABLE places (
    site  text        NOT NULL,
    place integer     NOT NULL,
    node  text        NOT NULL DEFAULT '',
    until timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (site, place)
) WITH (fillfactor = 50);

-- The numbers of what nodes tell each other.
CREATE SEQUENCE notices;
