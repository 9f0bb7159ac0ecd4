"""All that is known about Al Mayadeen's pages: when the site changes, this folder changes and nothing else does.

`edition` what differs between the languages · `document` a parsed page and its furniture · `menu` which lists exist ·
`listing` a list page's cards · `article` an article page, field by field, from `metadata`, `prose` and `body`.
"""
