"""The tables of the memory, and how older ones become these.

Instants are ISO 8601 texts with their offset; `at` is seconds since 1970 (UTC).
"""

VERSION = 3

_SINCE_1 = """
-- How each part of a build has fared: the lists, the edition as a whole (`all`), its home page (`breaking`, `most-read`).
-- `told` is whether health.xml says that it fails.
CREATE TABLE health (edition TEXT, key TEXT, last_success TEXT, failures INTEGER, reason TEXT, told INTEGER DEFAULT 0,
    PRIMARY KEY (edition, key)) WITHOUT ROWID;

-- What health.xml tells: that a feed has been failing for so many builds, or, with 0, that it is back.
CREATE TABLE events (event INTEGER PRIMARY KEY, edition TEXT, key TEXT, at TEXT, failures INTEGER, reason TEXT);

-- Every file in the output folder, with a mark of all that it was made from: what was made from the same is not made again.
CREATE TABLE files (file TEXT PRIMARY KEY, mark BLOB, size INTEGER, modified INTEGER, digest BLOB) WITHOUT ROWID;
"""

_COUNT_ARTICLES = "UPDATE feeds SET articles = (SELECT count(*) FROM membership WHERE membership.feed = feeds.feed)"

_SINCE_2 = """
CREATE INDEX archived_of ON archived (number);

-- What a feed was when all its files were last published: its `changes` then, marks of the `settings` that decide what it
-- shows and of all that its files share with others (`around`), since when it was `failing`, the numbers of its archive pages,
-- when the oldest of its newest entries was published (`since`), and what the overview says of it (`told`, as JSON).
CREATE TABLE published (feed INTEGER PRIMARY KEY, changes INTEGER, settings BLOB, around BLOB, failing TEXT, pages TEXT,
    since INTEGER, told BLOB);

-- Of what pieces each file was made, packed (`publish`).
CREATE TABLE pieces (file TEXT PRIMARY KEY, packed BLOB) WITHOUT ROWID;

-- What was so when something of an edition was last decided: which topics have feeds, which texts are forgotten.
CREATE TABLE settled (edition TEXT, question TEXT, mark BLOB, PRIMARY KEY (edition, question)) WITHOUT ROWID;

-- An article's version counts whatever may change its entry: its page shows something else, or it joined or left a feed. A
-- feed's `changes` count whatever may change its files: all that changes an entry of it, its archive, what it is itself.
CREATE TRIGGER membership_added AFTER INSERT ON membership BEGIN
    UPDATE articles SET version = version + 1 WHERE number = NEW.number;
    UPDATE feeds SET articles = articles + 1 WHERE feed = NEW.feed;
END;
CREATE TRIGGER membership_taken AFTER DELETE ON membership BEGIN
    UPDATE articles SET version = version + 1 WHERE number = OLD.number;
    UPDATE feeds SET articles = articles - 1, changes = changes + 1 WHERE feed = OLD.feed;
END;
CREATE TRIGGER article_changed AFTER UPDATE OF version, published, updated ON articles BEGIN
    UPDATE feeds SET changes = changes + 1 WHERE feed IN (SELECT feed FROM membership WHERE number = NEW.number
        UNION ALL SELECT feed FROM archived WHERE number = NEW.number);
END;
CREATE TRIGGER archived_added AFTER INSERT ON archived
    BEGIN UPDATE feeds SET changes = changes + 1 WHERE feed = NEW.feed; END;
CREATE TRIGGER archived_moved AFTER UPDATE ON archived WHEN OLD.page IS NOT NEW.page
    BEGIN UPDATE feeds SET changes = changes + 1 WHERE feed = NEW.feed; END;
CREATE TRIGGER archived_taken AFTER DELETE ON archived
    BEGIN UPDATE feeds SET changes = changes + 1 WHERE feed = OLD.feed; END;
CREATE TRIGGER feed_changed AFTER UPDATE OF kind, key, label, address, open ON feeds
    WHEN (OLD.kind, OLD.key, OLD.label, OLD.address, OLD.open) IS NOT (NEW.kind, NEW.key, NEW.label, NEW.address, NEW.open)
    BEGIN UPDATE feeds SET changes = changes + 1 WHERE feed = NEW.feed; END;
CREATE TRIGGER feed_taken AFTER DELETE ON feeds
    BEGIN DELETE FROM published WHERE feed = OLD.feed; END;
"""

TABLES = f"""
-- Pages that are asked for again: lists, the home page, robots.txt (with its text).
CREATE TABLE pages (address TEXT PRIMARY KEY, etag TEXT, modified TEXT, text TEXT) WITHOUT ROWID;

-- Every feed that there may be. A list of the menu or a followed tag has a page that is read; `known` is what the edition's
-- file names. `open` is a tag, coverage or author that has been given a feed. `counts` is how many cards the page had the last
-- times that it was read: "24 24 23"; `articles` is how many belong to it.
CREATE TABLE feeds (feed INTEGER PRIMARY KEY, edition TEXT, kind TEXT, key TEXT, label TEXT, address TEXT, known INTEGER,
    read_at TEXT, open INTEGER DEFAULT 0, counts TEXT DEFAULT '', changes INTEGER DEFAULT 0,
    articles INTEGER DEFAULT 0, UNIQUE (edition, key));
CREATE INDEX feeds_by_label ON feeds (edition, kind, label);

-- What a list page, feed.rss or a sitemap (`source`) shows. A card that has left its page keeps its row, without a place.
-- `title_read` is its title when its article was last read.
CREATE TABLE cards (edition TEXT, source TEXT, address TEXT, title TEXT, title_read TEXT, place INTEGER,
    PRIMARY KEY (edition, source, address)) WITHOUT ROWID;
CREATE INDEX cards_by_address ON cards (address, edition);

-- What is kept of an article for ever; `updated` only where it is another instant than `published`.
CREATE TABLE articles (number INTEGER PRIMARY KEY, edition TEXT, entry TEXT UNIQUE, published TEXT, updated TEXT, at INTEGER,
    version INTEGER DEFAULT 0);

-- What is forgotten after a while. All of it in one row, so that the room is free again.
CREATE TABLE texts (number INTEGER PRIMARY KEY REFERENCES articles, looked_at TEXT, address TEXT, title TEXT, etag TEXT,
    modified TEXT, facts BLOB, body BLOB);

CREATE TABLE addresses (hash INTEGER PRIMARY KEY, number INTEGER REFERENCES articles);

CREATE TABLE membership (feed INTEGER REFERENCES feeds, at INTEGER, number INTEGER REFERENCES articles,
    PRIMARY KEY (feed, at, number)) WITHOUT ROWID;
CREATE INDEX membership_of ON membership (number);

-- The entries that have left a list's feed, by archive page; 0 for those whose page has gone.
CREATE TABLE archived (feed INTEGER REFERENCES feeds, number INTEGER REFERENCES articles, page INTEGER,
    PRIMARY KEY (feed, number)) WITHOUT ROWID;

CREATE TABLE ticker (edition TEXT, hash INTEGER, text TEXT, address TEXT, seen TEXT, PRIMARY KEY (edition, hash))
    WITHOUT ROWID;
CREATE TABLE most_read (edition TEXT, place INTEGER, address TEXT, title TEXT, day TEXT, PRIMARY KEY (edition, place))
    WITHOUT ROWID;

CREATE TABLE misses (address TEXT PRIMARY KEY, times INTEGER, last TEXT, reason TEXT) WITHOUT ROWID;
{_SINCE_1}{_SINCE_2}"""

UPGRADES = {
    1: f"""
ALTER TABLE feeds ADD COLUMN counts TEXT DEFAULT '';
ALTER TABLE articles ADD COLUMN version INTEGER DEFAULT 0;
{_SINCE_1}""",
    2: f"""
ALTER TABLE feeds ADD COLUMN changes INTEGER DEFAULT 0;
ALTER TABLE feeds ADD COLUMN articles INTEGER DEFAULT 0;
{_COUNT_ARTICLES};
DROP TRIGGER IF EXISTS membership_added;
DROP TRIGGER IF EXISTS membership_taken;
{_SINCE_2}""",
}
"""For each older version what makes the next one of it."""
