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
    Organisation("Primary Skills Council", "SKILLSNZ", "NZ", "https://primaryskills.example/"),
)

ORGANISATIONS: dict[str, Organisation] = {organisation.code: organisation for organisation in _ALL}
