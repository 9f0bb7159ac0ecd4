"""The independent validator of a built folder: reads every file as a stranger would, and says what breaks which rule."""

from feedgen_mayadeen.check.findings import Finding
from feedgen_mayadeen.check.folder import check_folder

__all__ = ["Finding", "check_folder"]
