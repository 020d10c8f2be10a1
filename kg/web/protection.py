"""Headers that keep a browser from doing what nobody meant; decides nothing about access."""

from __future__ import annotations

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)


def protection(*, inline_styles: bool = False, framed: bool = False) -> tuple[tuple[str, str], ...]:
    """Return the headers of every answer; a page may be let to style itself inline, or to stand in other people's frames."""
    policy = _POLICY.format(styles=" 'unsafe-inline'" if inline_styles else "", ancestors="*" if framed else "'none'")
    headers = (
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    )
    return headers if framed else (*headers, ("X-Frame-Options", "DENY"))
