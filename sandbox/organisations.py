"""Who teaches in the imitated world: the bodies that run a real catalogue, and invented ones for the partners."""

from __future__ import annotations

from sandbox.programme import Organisation

_ALL = (
    Organisation("University of Antwerp", "UANTWERP", "BE", "https://www.uantwerpen.be/"),
    Organisation("Ghent University", "UGENT", "BE", "https://www.ugent.be/"),
    Organisation("Vrije Universiteit Brussel", "VUB", "BE", "https://www.vub.be/"),
    Organisation("University of Tartu", "UTARTU", "EE", "https://ut.ee/"),
    Organisation("Cornwall College", "CORNWALL", "GB", "http://www.cornwall.ac.uk/"),
    Organisation("Massachusetts Institute of Technology", "MITX", "US", "https://mitxonline.mit.edu/"),
    Organisation("MIT xPRO", "MITXPRO", "US", "https://xpro.mit.edu/"),
    Organisation("SAP", "SAP", "DE", "https://open.sap.com/"),
    Organisation("Udacity", "UDACITY", "US", "https://www.udacity.com/"),
    Organisation("Université de Valmont-sur-Lys", "VALM", "FR", "https://valmont.example/"),
    Organisation("École d’ingénieurs du Rivage", "RIVAGE", "FR", "https://rivage.example/"),
    Organisation("Institut agronomique du Causse", "CAUSSE", "FR", "https://causse.example/"),
    Organisation("Hochschule Nordhäfen", "NORDH", "DE", "https://nordhaefen.example/"),
    Organisation("Great Lake State University", "LAKE", "US", "https://greatlake.example/"),
    Organisation("光ヶ丘大学", "HIKARI", "JP", "https://hikarigaoka.example/"),
    Organisation("Universidad de los Andes Blancos", "ANDES", "CL", "https://andesblancos.example/"),
    Organisation("Quarry & Sons Analytics", "QUARRY", "US", "https://quarry.example/"),
    Organisation("Moorland University", "MOOR", "GB", "https://moorland.example/"),
    Organisation("Glen Tarroch College", "GLEN", "GB", "https://glentarroch.example/"),
    Organisation("Kauri Coast Polytechnic", "KAURI", "NZ", "https://kauricoast.example/"),
    Organisation("Harakeke Training Trust", "HARAKEKE", "NZ", "https://harakeke.example/"),
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
    Organisation("Google", "GOOGLE", "US", "https://grow.google/"),
    Organisation("IBM", "IBM", "US", "https://skillsbuild.org/"),
    Organisation("Amazon Web Services", "AWS", "US", "https://aws.amazon.com/training/"),
    Organisation("Microsoft", "MICROSOFT", "US", "https://learn.microsoft.com/"),
    Organisation("Primary Skills Council", "SKILLSNZ", "NZ", "https://primaryskills.example/"),
)

ORGANISATIONS: dict[str, Organisation] = {organisation.code: organisation for organisation in _ALL}
