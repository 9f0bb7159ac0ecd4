"""The tables of the memory. Instants are ISO 8601 texts with their offset; `at` is seconds since 1970 (UTC)."""

VERSION = 1

TABLES = """
CREATE TABLE pages (address TEXT PRIMARY KEY, etag TEXT, modified TEXT, text TEXT) WITHOUT ROWID;

CREATE TABLE lists (edition TEXT, key TEXT, label TEXT, address TEXT, known INTEGER, read_at TEXT,
    PRIMARY KEY (edition, key)) WITHOUT ROWID;

-- A card that has left its page keeps its row, without a place. `title_read` is its title when its article was last read.
CREATE TABLE cards (edition TEXT, key TEXT, address TEXT, title TEXT, title_read TEXT, place INTEGER,
    PRIMARY KEY (edition, key, address)) WITHOUT ROWID;
CREATE INDEX cards_by_address ON cards (address, edition);

CREATE TABLE articles (number INTEGER PRIMARY KEY, edition TEXT, entry TEXT UNIQUE, title TEXT, published TEXT, updated TEXT,
    looked_at TEXT, facts BLOB);
CREATE TABLE bodies (number INTEGER PRIMARY KEY REFERENCES articles, body TEXT);
CREATE TABLE addresses (address TEXT PRIMARY KEY, number INTEGER REFERENCES articles) WITHOUT ROWID;

CREATE TABLE membership (edition TEXT, key TEXT, number INTEGER REFERENCES articles, at INTEGER,
    PRIMARY KEY (edition, key, number)) WITHOUT ROWID;
CREATE INDEX newest ON membership (edition, key, at DESC);
CREATE INDEX membership_of ON membership (number);

CREATE TABLE misses (address TEXT PRIMARY KEY, times INTEGER, last TEXT, reason TEXT) WITHOUT ROWID;
"""
