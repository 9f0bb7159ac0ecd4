"""Feeds as files: `atom` is the only module that knows feedgen."""
