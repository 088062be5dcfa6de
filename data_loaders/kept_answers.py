"""Good answers of publishers, kept on disk: to ask less often, and to have something to show on the day that they are down.

Only answers that were read and found good are kept (`HttpSession` sees to that). The folder is bounded in size, the answers that
were not used for longest going first; and in age, for what is older than `keep_for` is not used. It may be deleted at any time.
"""

from __future__ import annotations

import logging
import sqlite3
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from requests import PreparedRequest
from requests_cache.backends.filesystem import FileCache
from requests_cache.models.request import CachedRequest
from requests_cache.models.response import CachedResponse

logger = logging.getLogger(__name__)

MOST_BYTES = 500_000_000
"""Of the whole folder, compressed."""
MOST_BYTES_OF_ONE = 100_000_000
KEEP_FOR = timedelta(days=90)
_TROUBLE = (OSError, sqlite3.Error, zlib.error, ValueError, TypeError, KeyError, LookupError)


@dataclass(frozen=True)
class KeptAnswer:
    """body: as it came, decompressed. given_at: when, UTC."""

    body: bytes
    given_at: datetime


class KeptAnswers:
    """A store of bodies by question in a folder. A folder that cannot be used means that nothing is kept, never that nothing works."""

    def __init__(self, folder: Path, keep_for: timedelta = KEEP_FOR, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.keep_for = keep_for
        self._cache: FileCache | None = None
        try:
            # JSON on disk, not pickle: a file in a folder that others may write to must not be able to run anything.
            self._cache = FileCache(
                folder, decode_content=False, max_cache_bytes=most_bytes, max_file_bytes=min(MOST_BYTES_OF_ONE, most_bytes)
            )
        except _TROUBLE as error:
            logger.warning("Answers are not kept: the folder %s cannot be used (%s)", folder, error)

    def find(self, request: PreparedRequest, now: datetime) -> KeptAnswer | None:
        """The answer kept for a question, None where there is none that is whole and young enough. now: UTC."""
        if self._cache is None:
            return None
        key = self._cache.create_key(request)
        try:
            if key not in self._cache.responses:
                return None
            kept = self._cache.responses[key]
            if kept is None:  # a file that is not whole; the library has said so in the log
                return None
            answer = KeptAnswer(zlib.decompress(kept.content), kept.created_at)
            return answer if now - answer.given_at <= self.keep_for else None
        except _TROUBLE as error:
            logger.warning("The kept answer to %s cannot be read and is passed over (%s)", request.url, error)
            return None

    def keep(self, request: PreparedRequest, body: bytes, now: datetime) -> None:
        """Keep the good answer to a question, in place of any before it. now: when it was given, UTC."""
        if self._cache is None:
            return
        try:
            self._cache.responses[self._cache.create_key(request)] = CachedResponse(
                content=zlib.compress(body, level=1),
                status_code=200,
                url=request.url or "",
                created_at=now,
                request=CachedRequest(method="GET", url=request.url or ""),
            )
        except _TROUBLE as error:
            logger.warning("The answer to %s is not kept (%s)", request.url, error)

    def close(self) -> None:
        """Let go of the index file."""
        if self._cache is not None:
            self._cache.close()  # type: ignore[no-untyped-call]
