"""Flask: one blueprint per surface, templates and vendored scripts; answers come from `kg.service`."""
