/*
Aggregator fetches the news of Sina finance, and of any site with a feed or a
JSON API, keeps each article once, and publishes the categories as feeds.

# Code tour

Read it bottom-up; each package's comment says what to call first.

  - [aggregator/normalize/article]: the Article that all stages share, and the
    front-matter file it is written as. A leaf.
  - [aggregator/fetcher]: Source, Document, Item. The Client fetches politely:
    one gate per site (gate.go), robots.txt, conditional requests, limits on everything
    (pace.go; leash.go ends what takes too long). A Reader reads what a source
    lists: bytes are made clean UTF-8 first (charset.go, clean.go). A feed of
    whatever quality is then written anew as a well-formed document that gofeed
    reads without loss (canonical.go; inside.go finds where elements end,
    construct.go what a text is), within bounds of items, elements and depth; JSON APIs go through jq, in a process of its own
    with little memory (apart.go), list pages through CSS selectors (html.go).
    What is broken yields its whole items. Items of a feed that stood in the last
    one byte for byte are not read at all (known.go). The Sina kinds are data for
    the same mechanism (presets.yaml).
  - [aggregator/fetcher/gunzip]: gzip in memory, faster than by the libraries,
    which read what it leaves.
  - [aggregator/fetcher/simulated]: a seeded Sina on the loopback interface,
    with quirks and faults. Tests, benchmarks and demo use it.
  - [aggregator/normalize]: Item and page become an Article: which article it
    is (Identities), then extraction, cleaning, sanitising, dates, stocks. HTML
    that is written as it is meant to be is read by tree.go, all else by
    html.Parse, into the same trees. How
    the body was chosen is kept as an article.Verdict. Again makes the article
    anew of the body as it came, for db reprocess.
  - [aggregator/normalize/article/diff]: how one text became another, in words or
    characters.
  - [aggregator/storage]: the store, on an Engine of ordered tables (engine.go):
    one bbolt file (file.go), or another that is given to it. Articles, the keys
    they are known by, and every source's state change in one transaction. Explain
    tells what it knows of one article, Versions how it looked before it was
    edited. A new article whose story is told already becomes a copy (join.go). A
    body as it came is a delta of the content made of it (raw.go). The order of
    publication is published.go, that of arrival index.go. Old articles lie
    in bundles (bundle.go), pruned ones leave graves (grave.go), and of sources
    removed long ago nothing remains (departed.go). When each source was fetched lies
    apart from its record (fetched.go). What moves by files is history.go, frame.go
    and restore.go.
  - [aggregator/storage/postgres]: that engine on PostgreSQL (postgres.go, tx.go,
    cursor.go), for several machines; and the Node that a program is among them
    (node.go): leases of sources, turns at sites, claims of items, notices.
  - [aggregator/feedout]: articles become feed documents, rendered once per
    change and served as bytes; when each changed is remembered (keep.go). What
    a feed showed before lies in archive documents by month (history.go;
    feed_archive.go of the daemon). A Hub is told what changed.
  - [aggregator/cmd/internal/config]: the configuration, strict.
  - [aggregator/cmd/internal/daemon]: the cycle that ties the stages together,
    rounds of them now or on schedule (turn.go says when, line.go in what order,
    running.go keeps one cycle of a source at a time and its state read ahead;
    outcomes.go stores what they come to together; outage.go and offline.go tell
    whether our own link is down, shortage.go whether this machine lacks something,
    and shortage_end.go whether it is there again), what feeds are loaded from the
    store, the archive writer, and the control socket. A cycle reads a list (list.go,
    paging.go) and stores what is wanted of it (cycle.go).
  - [aggregator/cmd/internal/health]: how a source fares. Learn learns how often it
    brings something, Judge says after each cycle whether that is as ever; a
    Webhook is told when it is not.
  - [aggregator/cmd/internal/opml]: lists of feeds from and for other readers.
  - [aggregator/cmd/internal/web]: the public listener: the feeds, and the pages
    for people. A page is a template in pages/ within layout.html, and the file
    that finds what it shows: home.go, category.go, article.go, search.go,
    status.go, whose charts chart.go draws. static.go makes plain ones for files. For programs there are /status.json,
    /healthz and /readyz.
  - [aggregator/cmd/internal/metrics]: what Prometheus reads. Stages count for
    themselves (metrics.go of fetcher, storage and daemon) and hand their
    collectors up. Alerts and a dashboard are in systemd/.
  - aggregator/cmd/internal/measure: what the work costs beside the least that
    does the same; a command of its own.
  - this command: one file per command, nothing else.

Imports point one way only: cmd to everything, feedout, storage and normalize
to article, normalize to fetcher. A test in this package keeps it so.

# One cycle of one source

	due -> fetch the list (conditional)
	    -> not modified, or the same bytes or items: the outcome is noted, that is all
	    -> items, of which only those are read that differ from last time
	       (known.go of the fetcher); further pages while known ground is not reached (gap.go)
	    -> store: which are new or changed?
	    -> oldest first, in batches:
	         fetch article pages -> normalise -> one transaction; the list's
	         validators go in with the last batch
	    -> the feeds of the categories touched are rendered at the next request

Batches are committed oldest first, so that known ground has no holes: after a
crash what is unknown is the newest, and the next cycle finds it by itself.

A list's request keeps its place until there is a desk to work at (desk.go), so that
no more is fetched than is worked off: what lies in memory is a few documents,
however many sources are due.

# Where a command runs

A command that needs the database runs inside the daemon if there is one: it
hands its command line to the control socket, and the daemon executes the same
code and streams the output back. Else it opens the database itself.

# Several machines

Daemons that share one PostgreSQL agree on who does what by its Node (peers.go and
claims.go of the daemon, turns.go of the fetcher). The loop is the same: what is due is leased
before its cycle begins, and a request to a site waits for a turn. Who tells readers
of a change tells the other nodes too.

# One configuration after another

What serves by one configuration is a generation (serve_reload.go). SIGHUP makes
the next one on the same store: its daemon follows the former one, which begins no
more cycles and ends when those under way do; requests go to the new handler, and
what had begun is answered by the old.

# Under systemd

serve_notify.go tells systemd how the daemon is, and feeds its watchdog by
Daemon.Alive alone (pulse.go of the daemon): the scheduler's last round, and an
answer of the database. serve_listen.go takes sockets that systemd holds,
serve_crowd.go bounds how many connections there are, serve_drain.go answers what was
accepted before the end; log.go writes to the journal. The units are in systemd/, with a comment for each line; systemd/package
builds the packages that install them, systemd/boot tries these under a real
systemd. Manual pages are made by TestManPages, so that the program need not.
*/
package main
