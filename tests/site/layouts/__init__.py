"""The sample's news in page layouts of other schools of web sites, and a measure of how surely they are read."""
