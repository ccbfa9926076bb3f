"""Every fault is a class of its own and survives the wire; odd faults still find their class."""

import pytest

from vedette.contract.envelope import fault_envelope, from_soap, http_status, to_soap
from vedette.contract.faults import (
    FAULTS,
    Action,
    ConfigModify,
    ConfigModifyMedia2,
    Fault,
    InvalidArgVal,
    InvalidFilterFault,
    InvalidFilterFaultSearch,
    NoProfile,
    NotAuthorized,
    ReceiverFault,
    SenderFault,
)
from vedette.wire.message import XmlName
from vedette.wire.namespaces import TER, WSNT, WSSE
from vedette.wire.parser import parse
from vedette.wire.soap import SoapFault, read_envelope, read_fault


def over_the_wire(fault: Fault) -> Fault:
    body = read_envelope(parse(fault_envelope(to_soap(fault, "-")))).body
    assert body is not None
    return from_soap(read_fault(body))


@pytest.mark.parametrize("fault", [*FAULTS.values(), SenderFault, ReceiverFault])
def test_every_fault_survives_the_wire(fault: type[Fault]) -> None:
    arrived = over_the_wire(fault("why <not>"))
    assert type(arrived) is fault
    assert str(arrived) == "why <not>"


def test_no_two_faults_have_the_same_codes() -> None:
    codes = {(each.side, each.namespace, each.subcodes) for each in FAULTS.values()}
    assert len(codes) == len(FAULTS)


def test_every_fault_says_in_a_sentence_what_it_means() -> None:
    for fault in FAULTS.values():
        assert (fault.__doc__ or "").endswith("."), fault
        assert str(fault()) == fault.__doc__


def test_a_fault_without_class_keeps_its_codes() -> None:
    sent = SenderFault("why")
    sent.subcodes = ("InvalidArgVal", "SomethingNew")
    arrived = over_the_wire(sent)
    assert type(arrived) is SenderFault
    assert arrived.subcodes == ("InvalidArgVal", "SomethingNew")


def test_faults_that_share_a_name_are_told_apart() -> None:
    assert type(over_the_wire(ConfigModify())) is ConfigModify
    assert type(over_the_wire(ConfigModifyMedia2())) is ConfigModifyMedia2
    assert InvalidFilterFault.namespace == WSNT
    assert InvalidFilterFaultSearch.namespace == TER


def named(*subcodes: str, namespace: str = TER) -> tuple[XmlName, ...]:
    return tuple(XmlName(namespace, each) for each in subcodes)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (SoapFault(code="Receiver", subcodes=named("InvalidArgVal", "NoProfile")), NoProfile),
        (SoapFault(code="Sender", subcodes=named("NoProfile")), NoProfile),
        (SoapFault(code="Sender", subcodes=named("InvalidArgVal", "NoProfile", namespace="")), NoProfile),
        (SoapFault(code="Receiver", subcodes=named("NotAuthorized", namespace="urn:maker")), NotAuthorized),
        (SoapFault(code="Sender", subcodes=named("FailedAuthentication", namespace=WSSE)), NotAuthorized),
        (SoapFault(code="Sender", subcodes=named("InvalidArgVal")), InvalidArgVal),
        (SoapFault(code="Receiver", subcodes=named("Action")), Action),
        (SoapFault(code="Receiver"), ReceiverFault),
    ],
)
def test_slightly_wrong_faults_find_their_class(fault: SoapFault, expected: type[Fault]) -> None:
    assert type(from_soap(fault)) is expected


def test_a_senders_fault_travels_under_400_and_others_under_500() -> None:
    assert http_status(to_soap(NoProfile(), "-")) == 400
    assert http_status(to_soap(Action(), "-")) == 500
    assert http_status(SoapFault(code="MustUnderstand")) == 500
