"""The arguments of every command that talks to a device, and the connection they ask for."""

import argparse
import os
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.cli.exits import CommandFailed

if TYPE_CHECKING:
    from vedette.client.addresses import DeviceAddress
    from vedette.client.camera import Camera

TRUST_ADVICE = "give its authority by --ca FILE, or --insecure to do without checking"


def add_device_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare login, TLS and address translation options."""
    group = parser.add_argument_group("the device")
    add_login_arguments(group)
    group.add_argument("--insecure", action="store_true", help="do not check the device's TLS certificate")
    group.add_argument("--ca", type=Path, metavar="FILE", help="trust the certificates in this PEM file")
    group.add_argument(
        "--xaddr",
        choices=("as-named", "reached", "when-inner"),
        default="when-inner",
        help="addresses the device names: use as named, always replace by the one it was reached at, or"
        " replace only surely unreachable inner ones (default)",
    )


def add_login_arguments(parser: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Declare user and password; a password on the command line can be seen by others on this machine."""
    parser.add_argument("--user", metavar="NAME", help="user name; else VEDETTE_USER, else from the URL")
    parser.add_argument(
        "--password", help="password; better in VEDETTE_PASSWORD or typed: --user alone asks for it"
    )


def login(arguments: argparse.Namespace) -> tuple[str, str]:
    """User and password from the options, the environment or a question; empty where the URL is to tell."""
    user = arguments.user if arguments.user is not None else os.environ.get("VEDETTE_USER", "")
    if arguments.password is not None:
        return user, arguments.password
    password = os.environ.get("VEDETTE_PASSWORD")
    if password is None and arguments.user and sys.stdin.isatty():
        password = typed_password(user)
        arguments.password = password  # who needs it twice does not ask twice
    return user, password or ""


def typed_password(whose: str) -> str:
    """What is typed on the terminal, unseen."""
    import getpass

    try:
        return getpass.getpass(f"password of {whose}: ")
    except EOFError as end:
        raise CommandFailed("no password was typed") from end


def login_at(where: "DeviceAddress", arguments: argparse.Namespace) -> tuple[str, str]:
    """User and password for an address: each from the options, else from the URL, else as `login` says.

    The environment's password goes with a name in the URL unless it belongs to another name.
    """
    user, password = login(arguments)
    if not where.user or arguments.user is not None:
        return user, password
    if arguments.password is None and (where.password or user not in ("", where.user)):
        password = where.password
    return where.user, password


def connection(address: str, arguments: argparse.Namespace) -> "AbstractAsyncContextManager[Camera]":
    """The device at `address`, with the login and options given; see `login_at`."""
    from vedette.client.addresses import XAddrPolicy, device_address
    from vedette.client.camera import Camera

    user, password = login_at(device_address(address), arguments)
    return Camera.connect(
        address,
        user=user,
        password=password,
        verify_tls=not arguments.insecure,
        ca_file=arguments.ca,
        xaddr_policy=XAddrPolicy(arguments.xaddr),
    )
