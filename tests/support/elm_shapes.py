"""What the European Learning Model demands of learning opportunities, as SHACL.

Written down from the constraints of two files of the European Commission, as this table of paths, values and counts
(texts and messages left out; classes that we do not write left out; changes are ours):
``rdf/ap/loq/LOQ-constraints.ttl`` and ``LOQ-constraints-mdr.ttl``, version 1.1.0 of 2023-05-17 and 2023-06-05, of
https://github.com/european-commission-empl/European-Learning-Model, (c) European Union, CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/).

The shape of ``elm:LearningAchievementSpecification`` is deactivated there. Here it is in force but for its three least
counts (field, language, one structured learning outcome), which a listing often does not tell.
"""

from __future__ import annotations

from collections.abc import Iterator

PREFIXES = """\
@prefix elm: <http://data.europa.eu/snb/model/elm/> .
@prefix dc: <http://purl.org/dc/terms/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rov: <http://www.w3.org/ns/regorg#> .
@prefix locn: <http://www.w3.org/ns/locn#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
SNB, AUTHORITY = "http://data.europa.eu/snb", "http://publications.europa.eu/resource/authority"
SCHEMES = {
    "country": f"{AUTHORITY}/country",
    "currency": f"{AUTHORITY}/currency",
    "language": f"{AUTHORITY}/language",
    "field": f"{SNB}/isced-f/25831c2",
    "setting": f"{SNB}/learning-setting/25831c2",
}
"""Schemes of controlled vocabularies, by the word that stands for them below."""

ID = "elm:Identifier|elm:LegalIdentifier"
AGENT = "elm:Agent|elm:Organisation"
SPECIFICATION = "elm:LearningAchievementSpecification|elm:Qualification"
PROFILE = f"""
elm:LearningOpportunity
  adms:identifier {ID} *
  dc:title words + once-a-language
  dc:description words * once-a-language
  dc:type skos:Concept *
  elm:additionalNote elm:Note *
  foaf:homepage elm:WebResource + on-the-web
  elm:supplementaryDocument elm:WebResource * on-the-web
  dc:temporal dc:PeriodOfTime ?
  elm:duration ^xsd:duration ?
  elm:mode skos:Concept *
  elm:learningSchedule skos:Concept ?
  elm:scheduleInformation elm:Note ?
  elm:admissionProcedure elm:Note ?
  elm:applicationDeadline ^xsd:dateTime *
  elm:priceDetail elm:PriceDetail *
  elm:providedBy elm:Organisation +
  elm:location dc:Location *
  elm:learningAchievementSpecification {SPECIFICATION}|elm:QualificationReference 1
  elm:learningActivitySpecification elm:LearningActivitySpecification ?
  elm:hasPart elm:LearningOpportunity *
  elm:isPartOf elm:LearningOpportunity *
  elm:bannerImage elm:MediaObject ?
  elm:defaultLanguage skos:Concept 1 in-language
  elm:grant elm:Grant *
  dc:modified ^xsd:dateTime ?
  dc:publisher {AGENT} ?
  elm:status ^xsd:string ?
elm:LearningAchievementSpecification
  adms:identifier {ID} *
  dc:title words + once-a-language
  skos:altLabel words *
  dc:description words * once-a-language
  elm:additionalNote elm:Note *
  foaf:homepage elm:WebResource *
  elm:supplementaryDocument elm:WebResource * on-the-web
  elm:category words *
  dc:modified ^xsd:dateTime ?
  dc:type skos:Concept *
  elm:ISCEDFCode skos:Concept * in-field
  elm:learningOutcomeSummary elm:Note ?
  elm:educationSubject skos:Concept *
  elm:volumeOfLearning ^xsd:duration ?
  elm:creditPoint elm:CreditPoint *
  elm:educationLevel skos:Concept *
  dc:language skos:Concept * in-language
  elm:mode skos:Concept *
  elm:learningSetting skos:Concept ? in-setting
  elm:maximumDuration ^xsd:duration ?
  elm:targetGroup skos:Concept *
  elm:entryRequirement elm:Note ?
  elm:learningOutcome elm:LearningOutcome *
  elm:influencedBy elm:LearningActivitySpecification *
  elm:provenBy elm:LearningAssessmentSpecification *
  elm:entitlesTo elm:LearningEntitlementSpecification *
  elm:hasPart {SPECIFICATION} *
  elm:isPartOf {SPECIFICATION} *
  elm:specialisationOf {SPECIFICATION} *
  elm:generalisationOf {SPECIFICATION} *
  elm:awardingOpportunity elm:AwardingOpportunity *
  dc:publisher {AGENT} ?
  elm:status ^xsd:string ?
elm:AwardingOpportunity
  elm:awardingBody {AGENT} +
  adms:identifier {ID} *
  elm:location dc:Location ?
  dc:temporal dc:PeriodOfTime ?
  elm:learningAchievementSpecification {SPECIFICATION} 1
elm:CreditPoint
  elm:framework skos:Concept 1
  elm:point ^xsd:string 1
elm:Organisation
  skos:altLabel words *
  rov:legalName words + once-a-language
  adms:identifier {ID} *
  dc:type skos:Concept *
  elm:eidasLegalIdentifier elm:LegalIdentifier ?
  rov:registration elm:LegalIdentifier ?
  elm:vatIdentifier elm:LegalIdentifier *
  elm:taxIdentifier elm:LegalIdentifier *
  foaf:homepage elm:WebResource * on-the-web
  elm:additionalNote elm:Note *
  elm:location dc:Location +
  elm:accreditation elm:Accreditation *
  elm:contactPoint elm:ContactPoint *
  org:hasSubOrganization elm:Organisation *
  org:subOrganizationOf elm:Organisation ?
  elm:groupMemberOf elm:Group *
  elm:logo elm:MediaObject ?
  dc:modified ^xsd:dateTime ?
  dc:publisher {AGENT} ?
  elm:status ^xsd:string ?
dc:Location
  adms:identifier {ID} *
  elm:geographicName words * once-a-language
  elm:spatialCode skos:Concept *
  dc:description words * once-a-language
  elm:address elm:Address +
  locn:geometry locn:Geometry *
elm:Address
  adms:identifier {ID} *
  elm:fullAddress elm:Note ?
  elm:countryCode skos:Concept 1 in-country
dc:PeriodOfTime
  skos:prefLabel words * once-a-language
  elm:startDate ^xsd:dateTime ?
  elm:endDate ^xsd:dateTime ?
elm:PriceDetail
  adms:identifier {ID} *
  elm:amount elm:Amount ?
  skos:prefLabel words * once-a-language
  dc:description words * once-a-language
  elm:additionalNote elm:Note *
elm:Amount
  elm:unit skos:Concept 1 in-currency
  rdf:value ^xsd:decimal 1
elm:Note
  elm:noteLiteral words +
  dc:subject skos:Concept ?
  elm:noteFormat skos:Concept ?
elm:WebResource
  dc:title words * once-a-language
  dc:language skos:Concept ? in-language
  elm:contentUrl ^xsd:anyURI 1
elm:Identifier
  skos:notation literal 1
  adms:schemeAgency words ?
  dc:creator iri ?
  dc:issued ^xsd:dateTime ?
  elm:schemeName ^xsd:string ?
  elm:schemeVersion ^xsd:string ?
  dc:type skos:Concept *
  elm:schemeId ^xsd:anyURI ?
"""
CONCEPT = """
[] a sh:NodeShape ; sh:targetClass skos:Concept ;
  sh:property [ sh:path skos:inScheme ; sh:class skos:ConceptScheme ; sh:nodeKind sh:IRI ] .
"""
COUNTS = {
    "*": "",
    "?": "sh:maxCount 1 ;",
    "+": "sh:minCount 1 ;",
    "1": "sh:minCount 1 ; sh:maxCount 1 ;",
}


def shapes() -> str:
    """The profile as SHACL in Turtle."""
    return PREFIXES + CONCEPT + "\n".join(_shapes())


def _shapes() -> Iterator[str]:
    opened = False
    for line in PROFILE.strip().splitlines():
        if not line.startswith(" "):
            yield " ." if opened else ""
            yield f"[] a sh:NodeShape ; sh:targetClass {line} ; sh:closed true ; sh:ignoredProperties (rdf:type)"
            opened = True
            continue
        path, value, count, *further = line.split()
        more = " ".join(_further(one) for one in further)
        yield f"  ; sh:property [ sh:path {path} ; {_value(value)} {COUNTS[count]} {more} ]"
    yield " ."


def _value(value: str) -> str:
    if value == "words":
        return "sh:datatype rdf:langString ;"
    if value in {"literal", "iri"}:
        return f"sh:nodeKind sh:{'Literal' if value == 'literal' else 'IRI'} ;"
    if value.startswith("^"):
        return f"sh:datatype {value[1:]} ;"
    return f"sh:or ({' '.join(f'[ sh:class {one} ]' for one in value.split('|'))}) ;"


def _further(word: str) -> str:
    if word == "once-a-language":
        return "sh:uniqueLang true ;"
    if word == "on-the-web":
        return 'sh:node [ sh:property [ sh:path elm:contentUrl ; sh:pattern "^https?://" ; sh:flags "i" ] ] ;'
    scheme = SCHEMES[word.removeprefix("in-")]
    return f"sh:nodeKind sh:IRI ; sh:node [ sh:property [ sh:path skos:inScheme ; sh:hasValue <{scheme}> ] ] ;"
