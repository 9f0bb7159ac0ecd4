"""All that is known about Al Mayadeen's pages: when the site changes, this folder changes and nothing else does.

`edition` what differs between the languages · `document` a parsed page · `menu` which lists exist · `lists` a list page's
cards, with `cards`, `boxes` and `paging` · `ticker` and `most_read`, found by their `labels` · `article` an article page,
field by field, from `metadata`, `prose` and `body` · `rss` and `sitemaps` the other ways in.
"""
