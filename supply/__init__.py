"""What we depend on: known vulnerabilities of it, and its licences. Run by ``make check``, needed by nothing else."""
