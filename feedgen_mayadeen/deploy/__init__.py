"""Brings what was built to where it is served, and keeps the memory for machines that forget.

`sending` a finished folder to a Pages branch or another folder · `keeping` the memory on a branch · `git` the only module that
runs git · `websub` tells a hub which feeds have changed · `github` what a run tells GitHub Actions.
"""
