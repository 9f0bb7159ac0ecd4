"""All that is known about Al Mayadeen's pages: when the site changes, this folder changes and nothing else does.

`edition` what differs between the languages · `document` a parsed page · `menu` which lists exist · `lists` a list page's
cards, from `cards`, `titles` and `heads` · `paging` where it goes on · `boilerplate` what stands on many pages, from their
`marks` · `boxes` and `labels` what a page names itself · `ticker`, `most_read` · `answers` and `identity` which page and
which article it is · `article` an article page: what it says for machines (`metadata`, `json_ld`, merged in `facts`), its
`lines`, what is `foreign` to it, its `title`, what is `shown` beside it, `captions` and the text (`content`, `body`, `embeds`,
`pictures`, `dates`) · `rss` and `sitemaps`, read by `feed_xml`, the other ways in.
"""
