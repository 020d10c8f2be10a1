"""What the service says about itself in each version of the protocol; answers no query."""

from __future__ import annotations

from typing import Any

from kg.iris import ONTOLOGY
from kg.service.reconcile.question import BATCH_SIZE
from kg.service.reconcile.words import type_object

NAME = "Conflict News"
PREVIEW_WIDTH, PREVIEW_HEIGHT = 420, 220
_DEFAULT_TYPES = ("Person", "Organization", "ArmedGroup", "StateForce", "Government", "Place", "country")


def manifest_0_2(root: str, *, entities: str, version: str) -> dict[str, Any]:
    """Write the manifest of version 0.2; `root` is the endpoint's address, `entities` what identifiers stand behind."""

    def suggest(what: str) -> dict[str, str]:
        return {
            "service_url": root,
            "service_path": f"/suggest/{what}",
            "flyout_service_url": root,
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }

    return {
        "versions": ["0.2"],
        "name": NAME,
        "identifierSpace": entities,
        "schemaSpace": ONTOLOGY,
        "documentation": root,
        "serviceVersion": version,
        "defaultTypes": [type_object(kind) for kind in _DEFAULT_TYPES],
        "view": {"url": f"{root}/view?id={{{{id}}}}"},
        "feature_view": {"url": f"{root}#feature-{{{{id}}}}"},
        "preview": {"url": f"{root}/preview?id={{{{id}}}}", "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {what: suggest(what) for what in ("entity", "property", "type")},
        "extend": {"propose_properties": {"service_url": root, "service_path": "/properties"}, "property_settings": []},
        "batchSize": BATCH_SIZE,
    }


def manifest_1_0(root: str, *, version: str) -> dict[str, Any]:
    """Write the manifest of the 1.0 draft; its routes are fixed below `root`."""
    return {
        "versions": ["1.0-draft"],
        "name": NAME,
        "lang": "en",
        "documentation": root,
        "serviceVersion": version,
        "defaultTypes": [type_object(kind) for kind in _DEFAULT_TYPES],
        "view": {"url": f"{root}/view?id={{id}}"},
        "featureView": {"url": f"{root}#feature-{{id}}"},
        "preview": {"width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True, "propertySettings": []},
        "batchSize": BATCH_SIZE,
        "standardizedScore": True,
    }
