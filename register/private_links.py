"""Invitations to private groups: they are kept in a private channel and nowhere else."""

from __future__ import annotations

import re

_INVITATION = re.compile(
    r"chat\.whatsapp\.com|wa\.me/|\bt\.me/(\+|joinchat)|telegram\.me/(\+|joinchat)|discord\.(gg|com/invite)|signal\.(group|me)/|"
    r"invite\.viber\.com|groupme\.com/join|slack\.com/t/\S+/shared_invite|facebook\.com/groups/\S+/invite|m\.me/(j|g)/|[?&]invite=",
    re.IGNORECASE,
)


def holds_invitation(text: str) -> bool:
    """Whether a text holds a link that lets whoever has it into a group (WhatsApp, Telegram, Discord, Signal and the like)."""
    return _INVITATION.search(text) is not None
