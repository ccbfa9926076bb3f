"""Every operation against the official WSDL files and against the table of operations."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vedette.contract.operation import Access, Operation
from vedette.contract.services import SERVICES, all_services, service
from vedette.wire.message import xml_name

WSNTW = "{http://docs.oasis-open.org/wsn/bw-2}"
EVENTS = "{http://www.onvif.org/ver10/events/wsdl}"
PORT_TYPES = {
    "Event": (f"{EVENTS}EventPortType",),
    "Event, subscription manager": (f"{WSNTW}SubscriptionManager",),
    "Event, pull point subscription": (f"{EVENTS}PullPointSubscription",),
    "Event, notification producer": (f"{WSNTW}NotificationProducer",),
    "Event, notification consumer": (f"{WSNTW}NotificationConsumer",),
    "Event, pausable subscription manager": (f"{WSNTW}PausableSubscriptionManager",),
    "Event, pull point": (f"{WSNTW}PullPoint",),
    "Event, pull point factory": (f"{WSNTW}CreatePullPoint",),
}
# Declared, but in no official WSDL.
ONLY_IN_THE_TEXT = {
    ("Media2", "CreateMultitrackConfiguration"),
    ("Event, pull point subscription", "Renew"),  # IEC 60839-11-31 10.2.4; dropped by ONVIF 25.06
}
# The WSDL's name where the text has another.
NAMES_OF_THE_TEXT = {("Media2", "SetEQPresetConfiguration"): "SetEQPreset"}
# WS-Discovery is no part of the official tree.
WITHOUT_WSDL = {"Discovery"}
# Where the WSDL has no access class to give: one-way, before there is a user, or not in the ONVIF text.
NO_ACCESS_CLASS = "-"

TABLE = Path(__file__).with_name("operations.tsv")
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines(), delimiter="\t"))


def _declared(title: str) -> dict[str, Operation[..., Any, Any]]:
    return {each.name: each for each in service(title).operations()}


def _expected(title: str, official: Any) -> dict[str, tuple[str, str | None, set[str]]]:
    """Of each official operation, by our name: request element, response element, SOAP actions."""
    ports = PORT_TYPES.get(title) or [
        port for port in official.operations if port.startswith(f"{{{service(title).namespace}}}")
    ]
    return {
        NAMES_OF_THE_TEXT.get((title, name), name): (
            official.messages[request],
            official.messages.get(response),
            {official.actions[port, name]} if (port, name) in official.actions else set(),
        )
        for port in ports
        for name, (request, response) in official.operations[port].items()
    }


@pytest.mark.parametrize("title", [each for each in SERVICES if each not in WITHOUT_WSDL])
def test_a_service_has_the_operations_of_its_wsdl(title: str, official: Any) -> None:
    expected = _expected(title, official)
    declared = _declared(title)

    assert set(declared) - {name for where, name in ONLY_IN_THE_TEXT if where == title} == set(expected)
    for name, (request, response, actions) in expected.items():
        operation = declared[name]
        assert xml_name(operation.request).clark == request
        assert (None if operation.response is type(None) else xml_name(operation.response).clark) == response
        assert operation.action in (actions or {operation.action})


def test_the_table_and_the_declarations_name_the_same_operations() -> None:
    declared = {(each.title, operation.name) for each in all_services() for operation in each.operations()}

    assert len(ROWS) == 473
    assert (
        declared - ONLY_IN_THE_TEXT == {(row["service"], row["operation"]) for row in ROWS} - ONLY_IN_THE_TEXT
    )


@pytest.mark.parametrize("title", SERVICES)
def test_access_classes_and_clauses_are_those_of_the_table(title: str) -> None:
    declared = _declared(title)
    for row in ROWS:
        if row["service"] != title:
            continue
        operation = declared[row["operation"]]
        assert operation.iec.startswith(row["iec"]), operation
        if row["access"] == NO_ACCESS_CLASS:
            assert operation.access in (Access.PRE_AUTH, Access.READ_MEDIA), operation
        else:
            assert operation.access == row["access"], operation


def test_every_operation_cites_its_source_and_is_found_by_its_attribute() -> None:
    for each in all_services():
        for operation in each.operations():
            assert operation.source
            assert getattr(each, operation.attribute_name) is operation


@pytest.mark.parametrize("title", SERVICES)
def test_faults_are_those_of_the_table(title: str) -> None:
    declared = _declared(title)
    for row in ROWS:
        if row["service"] == title:
            operation = declared[row["operation"]]
            codes = [f"{fault.side}:{'/'.join(fault.subcodes)}" for fault in operation.faults]
            assert codes == [each for each in row["faults"].split("; ") if each], operation


@pytest.mark.parametrize(
    ("module", "stranger"),
    [
        ("services", "vedette.contract.schema"),
        ("replay", "vedette.contract.media"),
        ("device", "vedette.contract.ptz"),
    ],
)
def test_a_service_is_imported_without_what_it_does_not_use(module: str, stranger: str) -> None:
    """In an interpreter of its own, since here everything is imported already."""
    code = f"import sys, vedette.contract.{module}; sys.exit({stranger!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
