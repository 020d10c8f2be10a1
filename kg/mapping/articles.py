"""The article's own record in schema.org terms: headline, people, publisher, dates, images; nothing that it reports."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from rdflib import Literal
from rdflib.namespace import SDO, XSD

from kg.vocab import CN

if TYPE_CHECKING:
    from rdflib import URIRef

    from kg.mapping.sheet import Sheet
    from kg.model import Image


def add_article(sheet: Sheet, *, fingerprint: str) -> None:
    """Write what the source says about the article; what it does not say stays absent."""
    node, article, found = sheet.node, sheet.article, sheet.article.metadata
    sheet.type(node, SDO.NewsArticle)
    sheet.add(node, SDO.headline, found.headline)
    sheet.add(node, SDO.identifier, article.name)
    sheet.add(node, SDO.inLanguage, found.language)
    sheet.add(node, SDO.dateline, found.dateline)
    sheet.add(node, SDO.articleSection, found.section)
    sheet.add(node, SDO.sha256, sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest())
    sheet.add(node, CN.fingerprint, fingerprint)
    if found.url:  # a literal: an address from the wild need not be a valid IRI
        sheet.add(node, SDO.url, Literal(found.url, datatype=XSD.anyURI))
    if found.published:
        kind = XSD.dateTime if isinstance(found.published, datetime) else XSD.date
        # Z, not +00:00: as the store writes it back
        sheet.add(node, SDO.datePublished, Literal(found.published.isoformat().replace("+00:00", "Z"), datatype=kind))
    for author in found.authors:
        sheet.add(node, SDO.author, sheet.person_node(author))
    if found.publisher:
        sheet.add(node, SDO.publisher, sheet.media_node(found.publisher))
    if found.agency:
        sheet.add(node, SDO.sourceOrganization, sheet.media_node(found.agency))
    for number, image in enumerate(found.images, start=1):
        sheet.add(node, SDO.image, _image(sheet, number, image))


def _image(sheet: Sheet, number: int, image: Image) -> URIRef:
    node = sheet.part("image", number)
    sheet.type(node, SDO.ImageObject)
    sheet.add(node, SDO.caption, image.caption)
    sheet.add(node, SDO.creditText, image.credit)
    if image.creator:
        sheet.add(node, SDO.creator, sheet.person_node(image.creator))
    # a credit may be any words ("handout"); it is an organisation where it was recognised as one
    if image.credit and sheet.name_choice(image.credit):
        sheet.add(node, SDO.sourceOrganization, sheet.media_node(image.credit))
    return node
