"""Static Atom feeds for Al Mayadeen, one for every section, region, tag, coverage and author."""

__version__ = "0.1.0"
PROJECT_ADDRESS = "https://github.com/feedgen-mayadeen/feedgen-mayadeen"
USER_AGENT = f"feedgen-mayadeen/{__version__} (+{PROJECT_ADDRESS})"
