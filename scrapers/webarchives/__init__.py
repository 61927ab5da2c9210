"""Reading the past from web archives: what they hold of a source, and the pages as they were.

``captures`` is what all archives give alike. ``wayback`` asks the Wayback Machine or a pywb of one's own,
``commoncrawl`` asks Common Crawl, ``files`` reads WARC and WACZ files, ``wanted`` says what to ask for. Archives hold
what they happened to capture: a look made of captures is partial by nature and never says that something has gone.
"""
