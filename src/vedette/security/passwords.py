"""Passwords kept sealed: digest logins need them back, a stolen settings document must not show them."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vedette.base.errors import VedetteError

KEY_BYTES = 32
NONCE_BYTES = 12
FORM = "v1:"
# No signs that look alike in print, none that a shell or URL would take for its own.
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class KeyFileUnusable(VedetteError):
    """The key file exists but cannot be used; the message names it and says why."""


class PasswordUnreadable(VedetteError):
    """A sealed password cannot be opened: another key file, or a damaged settings document."""


class Vault:
    """Seals and opens passwords with one key. Source: NIST SP 800-38D (AES-256 in GCM)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, password: str, user_name: str) -> str:
        """The password in sealed form, of use only together with that user's name."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, password.encode(), user_name.encode())
        return FORM + base64.b64encode(sealed).decode("ascii")

    def open(self, sealed: str, user_name: str) -> str:
        """The password again; raises PasswordUnreadable."""
        try:
            if not sealed.startswith(FORM):
                raise ValueError("an unknown form")
            raw = base64.b64decode(sealed[len(FORM) :], validate=True)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], user_name.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise PasswordUnreadable(
                f"the password of {user_name!r} cannot be opened with this key"
            ) from error


def vault_at(path: Path) -> Vault:
    """The vault whose key lies in the file `path`, which is made (mode 0600) when it is missing.

    Raises KeyFileUnusable when it cannot be read or made, has another length, or belongs to others too.
    """
    try:
        try:
            key = path.read_bytes()
            others = path.stat().st_mode & 0o077
        except FileNotFoundError:
            return Vault(_made_key(path))
    except OSError as error:
        raise KeyFileUnusable(f"the key file {path}: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise KeyFileUnusable(f"the key file {path} holds {len(key)} bytes, not {KEY_BYTES}")
    if others:
        raise KeyFileUnusable(f"the key file {path} can be read by others; give it mode 600")
    return Vault(key)


def generated_password(letters: int = 16) -> str:
    """A random password of that many letters and digits, some 5.8 bits each."""
    return "".join(secrets.choice(LETTERS) for _ in range(letters))


def _made_key(path: Path) -> bytes:
    """Write a new key so that it is either there whole or not at all; the first of several makers wins."""
    key = secrets.token_bytes(KEY_BYTES)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_bytes()
    finally:
        draft.unlink()
    return key
