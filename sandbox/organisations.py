"""Who teaches in the imitated world: the bodies that run a real catalogue, and invented ones for the partners.

Whoever is added stands at the end, because catalogues number their organisations in this order.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.making import Organisation

_ALL = (
    Organisation("University of Antwerp", "UANTWERP", "BE", "https://www.uantwerpen.be/"),
    Organisation("Ghent University", "UGENT", "BE", "https://www.ugent.be/"),
    Organisation("Vrije Universiteit Brussel", "VUB", "BE", "https://www.vub.be/"),
    Organisation("University of Tartu", "UTARTU", "EE", "https://ut.ee/"),
    Organisation("Cornwall College", "CORNWALL", "GB", "http://www.cornwall.ac.uk/"),
    Organisation("Massachusetts Institute of Technology", "MITX", "US", "https://mitxonline.mit.edu/"),
    Organisation("MIT xPRO", "MITXPRO", "US", "https://xpro.mit.edu/"),
    Organisation("SAP", "SAP", "DE", "https://open.sap.com/", "employer"),
    Organisation("Udacity", "UDACITY", "US", "https://www.udacity.com/", "platform"),
    Organisation("Université de Valmont-sur-Lys", "VALM", "FR", "https://valmont.example/"),
    Organisation("École d’ingénieurs du Rivage", "RIVAGE", "FR", "https://rivage.example/"),
    Organisation("Institut agronomique du Causse", "CAUSSE", "FR", "https://causse.example/"),
    Organisation("Hochschule Nordhäfen", "NORDH", "DE", "https://nordhaefen.example/"),
    Organisation("Great Lake State University", "LAKE", "US", "https://greatlake.example/"),
    Organisation("光ヶ丘大学", "HIKARI", "JP", "https://hikarigaoka.example/"),
    Organisation("Universidad de los Andes Blancos", "ANDES", "CL", "https://andesblancos.example/"),
    Organisation("Quarry & Sons Analytics", "QUARRY", "US", "https://quarry.example/", "employer"),
    Organisation("Moorland University", "MOOR", "GB", "https://moorland.example/"),
    Organisation("Glen Tarroch College", "GLEN", "GB", "https://glentarroch.example/"),
    Organisation("Kauri Coast Polytechnic", "KAURI", "NZ", "https://kauricoast.example/"),
    Organisation("Harakeke Training Trust", "HARAKEKE", "NZ", "https://harakeke.example/", "association"),
    Organisation("Te Wānanga o Tōtara", "TOTARA", "NZ", "https://totara.example/"),
    Organisation("Fachhochschule Kristallberg", "KRISTALL", "AT", "https://kristallberg.example/"),
    Organisation("Universidad de la Sierra Clara", "SIERRA", "MX", "https://sierraclara.example/"),
    Organisation("Saimaanrannan yliopisto", "SAIMAA", "FI", "https://saimaanranta.example/"),
    Organisation("Fjällhöjdens universitet", "FJALL", "SE", "https://fjallhojden.example/"),
    Organisation("하늘대학교", "HANEUL", "KR", "https://haneul.example/"),
    Organisation("University of Lough Dara", "LOUGH", "IE", "https://loughdara.example/"),
    Organisation("Maple Ridge Polytechnic", "MAPLE", "CA", "https://mapleridge.example/"),
    Organisation("Banksia University", "BANKSIA", "AU", "https://banksia.example/"),
    Organisation("Polderstad University", "POLDER", "NL", "https://polderstad.example/"),
    Organisation("KU Leuven", "KULEUVEN", "BE", "https://www.kuleuven.be/"),
    Organisation("Tallinn University of Technology", "TALTECH", "EE", "https://taltech.ee/"),
    Organisation("Tallinn University", "TLU", "EE", "https://www.tlu.ee/"),
    Organisation("MIT CSAIL", "CSAIL", "US", "https://csail.mit.edu/"),
    Organisation("MIT Sloan School of Management", "SLOAN", "US", "https://executive.mit.edu/"),
    Organisation("Google", "GOOGLE", "US", "https://grow.google/", "employer"),
    Organisation("IBM", "IBM", "US", "https://skillsbuild.org/", "employer"),
    Organisation("Amazon Web Services", "AWS", "US", "https://aws.amazon.com/training/", "employer"),
    Organisation("Microsoft", "MICROSOFT", "US", "https://learn.microsoft.com/", "employer"),
    Organisation("Primary Skills Council", "SKILLSNZ", "NZ", "https://primaryskills.example/", "association"),
    Organisation("University of Melbourne", "UNIMELB", "AU", "https://www.unimelb.edu.au/"),
    Organisation("Deakin University", "DEAKIN", "AU", "https://www.deakin.edu.au/"),
    Organisation("University of Sydney", "SYDNEY", "AU", "https://www.sydney.edu.au/"),
    Organisation("RMIT University", "RMIT", "AU", "https://www.rmit.edu.au/"),
    Organisation("University of Oxford", "OXFORD", "GB", "https://www.ox.ac.uk/"),
    Organisation("Shibaura Institute of Technology", "SHIBAURA", "JP", "https://www.shibaura-it.ac.jp/"),
    Organisation("Ural Federal University", "URFU", "RU", "https://urfu.ru/"),
    Organisation("Universidad Nacional de Educación a Distancia", "UNED", "ES", "https://www.uned.es/"),
    # Partners: institutions of every country that teaches here, and of some that do not.
    Organisation("Technische Hochschule Wiesenbrück", "WIESEN", "DE", "https://wiesenbrueck.example/"),
    Organisation("Universität Murtal", "MURTAL", "AT", "https://murtal.example/"),
    Organisation("千波工科大学", "SENBA", "JP", "https://senba.example/"),
    Organisation("Universidad Austral del Maule", "MAULE", "CL", "https://maule.example/"),
    Organisation("Universidad Politécnica del Bajío Norte", "BAJIO", "MX", "https://bajionorte.example/"),
    Organisation("Universidad de la Ribera Alta", "RIBERA", "ES", "https://riberaalta.example/"),
    Organisation("Kainuunjärven ammattikorkeakoulu", "KAINUU", "FI", "https://kainuunjarvi.example/"),
    Organisation("Västerskogs högskola", "VASTER", "SE", "https://vasterskog.example/"),
    Organisation("한별대학교", "HANBYEOL", "KR", "https://hanbyeol.example/"),
    Organisation("Technological University of Slieve Bán", "SLIEVE", "IE", "https://slieveban.example/"),
    Organisation("Université du Fleuve-Bleu", "FLEUVE", "CA", "https://fleuvebleu.example/"),
    Organisation("Jarrah State University", "JARRAH", "AU", "https://jarrah.example/"),
    Organisation("Hogeschool Duinzicht", "DUINZICHT", "NL", "https://duinzicht.example/"),
    Organisation("Cedar Plains University", "CEDAR", "US", "https://cedarplains.example/"),
    Organisation("Universidade da Serra Alta", "SERRA", "PT", "https://serraalta.example/"),
    Organisation("Università di Borgolago", "BORGO", "IT", "https://borgolago.example/"),
    Organisation("Uniwersytet Zielonej Doliny", "ZIELONA", "PL", "https://zielonadolina.example/"),
    # Partners that are no institutions.
    Organisation("Meridian Robotics GmbH", "MERIDIAN", "DE", "https://meridian.example/", "employer"),
    Organisation("Van Daele Logistics NV", "VANDAELE", "BE", "https://vandaele.example/", "employer"),
    Organisation("Ateliers Lumière & Fils SA", "LUMIERE", "FR", "https://lumiere.example/", "employer"),
    Organisation("Baltic Grid OÜ", "BALTGRID", "EE", "https://balticgrid.example/", "employer"),
    Organisation("Halden Offshore AS", "HALDEN", "NO", "https://halden.example/", "employer"),
    Organisation("小林精密株式会社", "KOBAYASHI", "JP", "https://kobayashi.example/", "employer"),
    Organisation("Agroindustrias Pampa S.A.", "PAMPA", "CL", "https://pampa.example/", "employer"),
    Organisation("Northwind Semiconductors Inc.", "NORTHWIND", "US", "https://northwind.example/", "employer"),
    Organisation("Kestrel Care Homes Ltd", "KESTREL", "GB", "https://kestrel.example/", "employer"),
    Organisation("Southern Cross Mining Pty Ltd", "SOUTHERN", "AU", "https://southerncross.example/", "employer"),
    Organisation("Harbour & Vine Foods Ltd", "HARBOUR", "NZ", "https://harbourvine.example/", "employer"),
    Organisation("Ministère des Savoirs et des Métiers", "MINISTERE", "FR", "https://savoirs.example/", "government"),
    Organisation(
        "Ministry for Skills and Lifelong Learning", "MINISTRY", "GB", "https://skills.example/", "government"
    ),
    Organisation("Landesministerium für Weiterbildung", "LANDMIN", "DE", "https://landmin.example/", "government"),
    Organisation("Fondation Clairval", "CLAIRVAL", "FR", "https://clairval.example/", "association"),
    Organisation("Aurora Learning Foundation", "AURORA", "US", "https://aurora.example/", "association"),
    Organisation("Stiftung Wissensbrücke", "WISSEN", "DE", "https://wissensbruecke.example/", "association"),
)

_SISTERS = (
    Organisation("Hochschule Birkenfurt", "BIRKEN", "DE", "https://birkenfurt.example/"),
    Organisation("Universität Lindenau am See", "LINDENAU", "DE", "https://lindenau.example/"),
    Organisation("Technische Universität Altwerder", "ALTWERDER", "DE", "https://altwerder.example/"),
    Organisation("Hochschule Sonnenhang", "SONNEN", "DE", "https://sonnenhang.example/"),
    Organisation("Hochschule Rotklee", "ROTKLEE", "DE", "https://rotklee.example/"),
    Organisation("Fachhochschule Almtal", "ALMTAL", "AT", "https://almtal.example/"),
    Organisation("Universität Dreiseen", "DREISEEN", "AT", "https://dreiseen.example/"),
    Organisation("青嶺大学", "AOMINE", "JP", "https://aomine.example/"),
    Organisation("北辰情報大学", "HOKUSHIN", "JP", "https://hokushin.example/"),
    Organisation("Université de Brévalon", "BREVALON", "FR", "https://brevalon.example/"),
    Organisation("Red Mesa University", "REDMESA", "US", "https://redmesa.example/"),
    Organisation("University of Fenwick Marsh", "FENWICK", "GB", "https://fenwick.example/"),
)
"""Institutions that take a programme over which another could not have: see ``sandbox.invent_shared``."""

PARTNERS: tuple[Organisation, ...] = _ALL
"""Of whom partners are drawn. Nobody may be added, or other partners would be drawn."""

ORGANISATIONS: dict[str, Organisation] = {organisation.code: organisation for organisation in (*_ALL, *_SISTERS)}


def table_of_invented() -> str:
    """Return the invented organisations as a table of one's own (CSV; see README, "Settings"): kind, country, host.

    Nobody could know them otherwise, as one knows real ones.
    """
    rows = [
        f'sandbox-{one.code.lower()},"{one.name}",{one.kind},{one.country},,{urlsplit(one.url).netloc},,sandbox'
        for one in ORGANISATIONS.values()
        if urlsplit(one.url).netloc.endswith(".example")
    ]
    return "\n".join(["id,name,kind,country,ror,domains,aliases,source", *rows, ""])
