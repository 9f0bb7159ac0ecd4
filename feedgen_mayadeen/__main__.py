"""`python -m feedgen_mayadeen`: the same as the console script."""

from feedgen_mayadeen.cli import main

if __name__ == "__main__":
    main()
