"""Which certificate TLS shows: the one that clients activated, else that of the operator's file."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from vedette.base.clock import until_tick
from vedette.device.certificates import Certificates, TlsMaterial
from vedette.device.settings.document import Settings
from vedette.device.settings.store import SettingsStore
from vedette.server.config import TlsConfig
from vedette.server.listener import Listener
from vedette.server.tls import UnusableCertificate, server_context

_log = logging.getLogger(__name__)

RENEWED_S = 60.0  # a certificate that the operator's tools renewed is shown that soon

_Seen = tuple[tuple[int, int, int] | None, ...]  # what tells a file from the one before it; None: not there


class ChosenTls:
    """Makes the TLS settings of a listener, and makes them anew whenever the certificates change."""

    def __init__(
        self, config: TlsConfig | None, certificates: Certificates, store: SettingsStore, folder: Path
    ) -> None:
        self._config = config
        self._certificates = certificates
        self._store = store
        self._folder = folder
        self._watchers: list[Callable[[bool], None]] = []
        self._seen = self._files()  # before they are read

    def context(self) -> ssl.SSLContext | None:
        """What TLS is to use now; None for no TLS. Raises UnusableCertificate."""
        material = self._certificates.material()
        if material is not None:
            return _context_of(material, self._folder)
        return self._configured()

    def first_context(self) -> ssl.SSLContext | None:
        """The same at the start, where what clients activated cannot be the end of the device.

        If OpenSSL does not take it, as after it has become stricter, the operator's certificate is shown, or
        there is no TLS. Raises UnusableCertificate for the operator's.
        """
        try:
            return self.context()
        except UnusableCertificate as error:
            if self._certificates.material() is None:
                raise
            _log.error("%s: TLS goes by the operator's file", error)
            return self._configured()

    def _configured(self) -> ssl.SSLContext | None:
        if self._config is not None:
            return server_context(Path(self._config.certificate), Path(self._config.key))
        return None

    async def run(self, listener: Listener) -> None:
        """Have new connections meet the operator's certificate as it is renewed, until cancelled."""
        while self._config is not None:
            await asyncio.sleep(until_tick(RENEWED_S))
            await self.look(listener)

    async def look(self, listener: Listener) -> None:
        """Read the operator's files again if they have changed; what cannot be used changes nothing."""
        seen = await asyncio.to_thread(self._files)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            context = await asyncio.to_thread(self._configured)
        except UnusableCertificate as error:
            _log.error("%s: TLS stays as it was", error)
            return
        if self._certificates.material() is None:
            listener.tls = context
            _log.info("TLS: the certificate was renewed")

    def _files(self) -> _Seen:
        config = self._config
        names = () if config is None else (config.certificate, config.key)
        return tuple(_what_tells(Path(name)) for name in names)

    def watch(self, watcher: Callable[[bool], None]) -> None:
        """Call `watcher` with whether there is TLS, whenever a listener has got other settings of it."""
        self._watchers.append(watcher)

    def follow(self, listener: Listener) -> None:
        """Have new connections of a listener meet the certificate that is active then."""

        def changed(before: Settings, after: Settings) -> None:
            if before.certificates == after.certificates:
                return
            try:
                listener.tls = self.context()
            except UnusableCertificate as error:
                _log.error("TLS stays as it was: %s", error)
                return
            for watcher in self._watchers:
                watcher(listener.tls is not None)

        self._store.watch(changed)


def _what_tells(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def why_unusable(material: TlsMaterial, folder: Path) -> str:
    """Why TLS cannot use it, such as a key that is too short for OpenSSL; nothing if it can."""
    try:
        _context_of(material, folder)
    except UnusableCertificate as error:
        return str(error)
    return ""


def _context_of(material: TlsMaterial, folder: Path) -> ssl.SSLContext:
    """The settings from keys in memory; OpenSSL reads files only, so they pass through a private folder.

    Raises UnusableCertificate.
    """
    wants_clients = bool(material.authorities)
    try:
        with TemporaryDirectory(prefix=".tls-", dir=folder) as place:
            certificate, key, authorities = (
                Path(place, name) for name in ("certificate", "key", "authorities")
            )
            certificate.write_bytes(material.certificate)
            key.write_bytes(material.key)
            authorities.write_bytes(material.authorities)
            shown = authorities if wants_clients else None
            context = server_context(certificate, key, client_authorities=shown)
    except UnusableCertificate as error:
        raise UnusableCertificate(f"the certificate that clients chose: {error.__cause__}") from error
    except OSError as error:
        raise UnusableCertificate(
            f"the certificate that clients chose: {folder}: {error.strerror}"
        ) from error
    if wants_clients:
        context.verify_mode = ssl.CERT_REQUIRED
    return context
