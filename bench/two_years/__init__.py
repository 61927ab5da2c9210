"""Two years of weekly looks at many sources by one process that lives through all of them.

Run as ``python -m bench.two_years``. ``world`` has the catalogues, their sizes, and what goes wrong in which week;
``serving`` the sandbox in a process of its own; ``living`` the weekly run and what it costs; ``measuring`` what a
process holds and what lies on the disk; ``asking`` questions to the database; ``remaking`` the database made anew from
the archive; ``worker`` Prefect's own worker over many runs; ``report`` the tables;
``whole`` all of it.
"""
