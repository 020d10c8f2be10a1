"""Quads in and out: the embedded Oxigraph behind its writer and readers; builds no quads itself."""
