"""Reads the fields that programmes and offerings share; what it meets goes to the findings, the words are kept."""

from __future__ import annotations

from datetime import date

from models.records import Price, PriceFacts, Quantity, Source
from normalise.dates import DayReading, read_day
from normalise.findings import Findings, Words
from normalise.money import PRICES_MOST, price_as_printed, price_facts
from normalise.people import without_contacts
from normalise.place import money_country
from normalise.quantities import FIELDS, Volume, volume
from normalise.reading import Reading, T, Trouble
from normalise.text import bounded, one_line
from normalise.urls import canonical_url
from normalise.words import lookup

_PRICES_SHOWN = 5
_NO_PRICE = PriceFacts()
_NO_VOLUME = Volume()


class RecordReader:
    """Reads one record of a source. ``prefix`` stands before the names of fields in problems ("offering.").

    Words of a typed field are always kept; those of a text (title, label, address) only where the text was changed.
    """

    def __init__(self, source: Source, findings: Findings, prefix: str = "") -> None:
        self.source = source
        self.words = Words()
        self._findings = findings
        self._prefix = prefix

    def note(self, field: str, printed: str | None, trouble: Trouble) -> None:
        """Record that the words of a field gave no value."""
        self._findings.note(self._prefix + field, printed, trouble)

    def value(self, field: str, printed: str, reading: Reading[T]) -> T | None:
        """Return the value of a reading; the words are kept, its trouble is recorded."""
        self.words.keep(field, printed)
        if reading.trouble:
            self.note(field, printed, reading.trouble)
        return reading.value

    def word(self, field: str, printed: str | None) -> str | None:
        """Return the vocabulary word for the words of a field."""
        if printed is None:
            return None
        return self.value(field, printed, lookup(field, printed, self.source.lookups.get(field, {})))

    def line(self, field: str, printed: str | None, most: int) -> str | None:
        """Return a text on one line, at most ``most`` characters."""
        if not printed:
            return None
        line = without_contacts(one_line(printed))
        if line != printed:
            self.words.keep(field, printed)
        if len(line) > most:
            self.note(field, line, Trouble("out_of_range", f"longer than {most} characters; its beginning is kept"))
        return bounded(line, most) or None

    def url(self, printed: str | None, base: str | None) -> str | None:
        """Return a canonical address; a relative one is resolved against ``base``."""
        if not printed or not printed.strip():
            return None
        reading = canonical_url(printed, base)
        return printed if reading.value == printed else self.value("url", printed, reading)

    def price(self, prices: tuple[Price, ...]) -> PriceFacts:
        """Return the typed price out of all prices printed."""
        if not prices:
            return _NO_PRICE
        for price in prices[:PRICES_MOST]:
            self.words.keep("price", price_as_printed(price))
        facts, troubles = price_facts(prices, money_country(self.source))
        for trouble in troubles:
            self.note("price", " | ".join(price_as_printed(p)[:100] for p in prices[:_PRICES_SHOWN]), trouble)
        return facts

    def volume(self, quantities: dict[str, Quantity | None], country: str | None, on: date) -> Volume:
        """Return duration, effort, workload and credits; ``quantities`` by the names of ``quantities.FIELDS``."""
        printed = {field: q.text for field, q in quantities.items() if q is not None and q.text.strip()}
        if not printed:
            return _NO_VOLUME
        for field, text in printed.items():
            self.words.keep(field, text)
        size = volume(*(quantities.get(field) for field in FIELDS), country=country, on=on)
        for field, trouble in size.troubles:
            # A trouble with hours a week may come from the words of another field: that one is named.
            named = field if field in printed else next(iter(printed))
            self.note(named, printed[named], trouble)
        return size

    def day(self, field: str, printed: str | None) -> DayReading:
        """Return a day; ``field`` is the name of the typed field."""
        if printed is None:
            return DayReading()
        self.words.keep(field, printed)
        reading = read_day(printed, self.source.language, self.source.country)
        if reading.trouble:
            self.note(field, printed, reading.trouble)
        return reading
