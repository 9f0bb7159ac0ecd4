-- The tables of the memory. Instants are ISO 8601 texts with their offset; `at` is seconds since 1970 (UTC).

-- Pages that are requested again: lists, the home page, robots.txt (with its text).
CREATE TABLE pages (address TEXT PRIMARY KEY, etag TEXT, modified TEXT, text TEXT) WITHOUT ROWID;

-- Every feed that there may be. A list of the menu or a followed tag has a page that is read; `known` is what the edition's
-- file names. `asked_at` is when the page was last asked for, `read_at` when it was last read. `open` is a tag, coverage or
-- author that has been given a feed. `counts` is how many cards the page had the last times that it was read: "24 24 23".
CREATE TABLE feeds (feed INTEGER PRIMARY KEY, edition TEXT, kind TEXT, key TEXT, label TEXT, address TEXT, known INTEGER,
    asked_at TEXT, read_at TEXT, open INTEGER DEFAULT 0, counts TEXT DEFAULT '', UNIQUE (edition, key));
CREATE INDEX feeds_by_label ON feeds (edition, kind, label);

-- Cards of list pages, the Most Read box, feed.rss and sitemaps (`source`). A card that has left its page has no `place`. It is
-- known by its `article`, the key of the `address` that it leads to, which may be another one in each build.
-- `title_when_fetched` is its title when its article was last fetched.
CREATE TABLE cards (edition TEXT, source TEXT, article TEXT, address TEXT, title TEXT, title_when_fetched TEXT, place INTEGER,
    PRIMARY KEY (edition, source, article)) WITHOUT ROWID;
CREATE INDEX cards_by_article ON cards (article, edition);

-- What is kept of an article for ever; `updated` only where it is another instant than `published`. `dated` is what
-- `published` is: the site's own date, or when the article was first seen, since its page had none, or one in the future.
CREATE TABLE articles (number INTEGER PRIMARY KEY, edition TEXT, entry TEXT UNIQUE, published TEXT, updated TEXT, at INTEGER,
    dated TEXT);
CREATE INDEX articles_doubted ON articles (edition) WHERE dated = 'doubted';

-- The part of an article that is deleted after a while: compressed JSON, and a hash of everything its page says.
CREATE TABLE texts (number INTEGER PRIMARY KEY REFERENCES articles, checked_at TEXT, address TEXT, title TEXT, etag TEXT,
    modified TEXT, article BLOB, article_hash BLOB);

-- The keys of the addresses that lead to an article, as 64 bits.
CREATE TABLE addresses (hash INTEGER PRIMARY KEY, number INTEGER REFERENCES articles);

-- What was learned to stand on many pages of an edition, as hashes (`site.boilerplate`).
CREATE TABLE boilerplate (edition TEXT, kind TEXT, hashes BLOB, PRIMARY KEY (edition, kind)) WITHOUT ROWID;

CREATE TABLE membership (feed INTEGER REFERENCES feeds, at INTEGER, number INTEGER REFERENCES articles,
    PRIMARY KEY (feed, at, number)) WITHOUT ROWID;
CREATE INDEX membership_of ON membership (number);

-- Entries that are no longer in a list's feed, by archive page; page 0 if that page was removed.
CREATE TABLE archived (feed INTEGER REFERENCES feeds, number INTEGER REFERENCES articles, page INTEGER,
    PRIMARY KEY (feed, number)) WITHOUT ROWID;
CREATE INDEX archived_of ON archived (number);

CREATE TABLE ticker (edition TEXT, hash INTEGER, text TEXT, address TEXT, seen TEXT, PRIMARY KEY (edition, hash))
    WITHOUT ROWID;
CREATE TABLE most_read (edition TEXT, place INTEGER, article TEXT, title TEXT, day TEXT, PRIMARY KEY (edition, place))
    WITHOUT ROWID;

CREATE TABLE failed_fetches (article TEXT PRIMARY KEY, times INTEGER, last TEXT, reason TEXT) WITHOUT ROWID;

-- Health of each list, of the whole edition (`all`) and of its home page (`breaking`, `most-read`). `notified`: health.xml says
-- that it is failing.
CREATE TABLE health (edition TEXT, key TEXT, last_success TEXT, failures INTEGER, reason TEXT, notified INTEGER DEFAULT 0,
    PRIMARY KEY (edition, key)) WITHOUT ROWID;

-- Events for health.xml: a feed has failed in so many builds or, with 0 failures, works again.
CREATE TABLE events (event INTEGER PRIMARY KEY, edition TEXT, key TEXT, at TEXT, failures INTEGER, reason TEXT);

-- Files in the output folder, with a fingerprint of everything that each was made from, and a digest of its bytes.
CREATE TABLE files (file TEXT PRIMARY KEY, fingerprint BLOB, digest BLOB) WITHOUT ROWID;
