"""Proves behaviour from outside: pages in, values and files out."""
