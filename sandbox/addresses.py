"""The addresses of the pages of programmes, as other catalogues name them."""

from __future__ import annotations

from sandbox.all_catalogues import CATALOGUES
from sandbox.programme import Entry
from sandbox.refs import PAGES

_FORMS = {
    "coursera": "https://www.coursera.org/learn/{slug}",
    "futurelearn": "https://www.futurelearn.com/courses/{slug}",
    "edx": "https://www.edx.org/course/{slug}",
    "fun_mooc": "https://www.fun-mooc.fr/fr/cours/{slug}/",
    "mit_xpro": "https://xpro.mit.edu/courses/{ref}/",
    "mitx_online": "https://mitxonline.mit.edu/courses/{ref}/",
    "mit_csail": "https://prolearn.mit.edu{ref}",
    "mit_sloan": "https://executive.mit.edu/course/{slug}/{ref}.html",
    "nova_academy": "https://www.nova-academy.be{ref}",
    "tartu": "https://ut.ee/en/micro-credential/{slug}",
    "oxford_continuing_education": "https://www.conted.ox.ac.uk/courses/{slug}",
    "federica": "https://www.federica.eu/mooc/{slug}/",
    "rmit_short_courses": "https://shortcourses.rmit.edu.au/products/{slug}",
    "microsoft_learn": "https://learn.microsoft.com/en-us/credentials/applied-skills/{slug}/",
    "eduxchange": "https://eduxchange.nl/courses/{slug}",
    **dict.fromkeys(("open_hpi", "imoox", "oncampus"), "https://{host}/courses/{slug}"),
    **dict.fromkeys(PAGES, "https://{host}{ref}"),
}


def page_address(entry: Entry) -> str | None:
    """Return the address of the page of an entry; ``None`` where catalogues are not used to name one."""
    form = _FORMS.get(entry.source)
    host = CATALOGUES[entry.source].hosts[0]
    return form.format(host=host, ref=entry.ref, slug=entry.slug) if form else None
