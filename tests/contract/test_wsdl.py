"""The derived WSDL: a stranger's SOAP library loads it, writes requests we read and reads what we write."""

import io
from datetime import timedelta
from typing import Any

import pytest
import zeep
from lxml import etree

from vedette.contract.envelope import Dispatch, response_envelope
from vedette.contract.events import PullPointSubscription
from vedette.contract.media2 import Media2
from vedette.contract.services import COMPANIONS, SERVICES, service
from vedette.contract.wsdl import wsdl
from vedette.wire.namespaces import TEV, WSDL, XS


class NoNetwork(zeep.Transport):
    """Refuses to load anything: the document must be all there is."""

    def load(self, url: str) -> Any:
        raise AssertionError(f"asked for {url}")


def client(document: bytes) -> Any:
    return zeep.Client(io.BytesIO(document), transport=NoNetwork())


@pytest.mark.parametrize("title", sorted(set(SERVICES) - {"Device", "Media"}))
def test_every_service_has_a_document_that_loads(title: str) -> None:
    declared = service(title)
    loaded = client(wsdl(declared, "http://127.0.0.1/onvif"))
    (described,) = loaded.wsdl.services.values()
    port = next(iter(described.ports.values()))
    assert set(port.binding._operations) == {operation.name for operation in declared.operations()}


def test_the_event_service_is_described_with_what_subscriptions_answer() -> None:
    """A client that has no file but ours makes a pull point, and knows what to say to it."""
    loaded = client(wsdl(service("Event"), "http://127.0.0.1/onvif/events_service"))
    bindings = {name.partition("}")[2]: each for name, each in loaded.wsdl.bindings.items()}
    for title in COMPANIONS["Event"]:
        declared = service(title)
        operations = bindings[f"{declared.__name__}Binding"]._operations
        assert set(operations) == {operation.name for operation in declared.operations()}

    (described,) = loaded.wsdl.services.values()
    assert list(described.ports) == ["EventPort", "NotificationProducerPort"]
    pull_point = loaded.create_service(
        f"{{{TEV}}}PullPointSubscriptionBinding", "http://127.0.0.1/subscription/1"
    )
    request = loaded.create_message(pull_point, "PullMessages", Timeout=timedelta(seconds=5), MessageLimit=10)
    incoming = Dispatch((PullPointSubscription,)).identify(etree.tostring(request))
    assert incoming.decode() == PullPointSubscription.pull_messages.request(
        timeout=timedelta(seconds=5), message_limit=10
    )


@pytest.mark.parametrize("title", ["Device", "Media"])
def test_the_large_services_have_documents_with_every_operation(title: str) -> None:
    declared = service(title)
    root = etree.fromstring(wsdl(declared))
    names = [each.get("name") for each in root.iterfind(f"{{{WSDL}}}portType/{{{WSDL}}}operation")]
    assert sorted(names) == sorted({operation.name for operation in declared.operations()})
    assert root.find(f"{{{WSDL}}}service") is None


def test_a_strangers_request_is_read_and_our_response_is_read_by_it() -> None:
    loaded = client(wsdl(Media2, "http://127.0.0.1/onvif"))
    request = loaded.create_message(loaded.service, "GetStreamUri", Protocol="RTSP", ProfileToken="main")
    incoming = Dispatch((Media2,)).identify(etree.tostring(request))
    assert incoming.operation is Media2.get_stream_uri
    assert incoming.decode() == Media2.get_stream_uri.request(protocol="RTSP", profile_token="main")

    data = response_envelope(Media2.get_stream_uri, Media2.get_stream_uri.response(uri="rtsp://camera/main"))
    binding = next(iter(loaded.wsdl.bindings.values()))
    operation = binding._operations["GetStreamUri"]
    assert operation.process_reply(etree.fromstring(data)) == "rtsp://camera/main"


def test_no_schema_names_a_thing_twice() -> None:
    for title in ("Media2", "Recording", "Analytics"):
        root = etree.fromstring(wsdl(service(title)))
        for schema in root.iter(f"{{{XS}}}schema"):
            for kind in ("element", "complexType"):
                names = [each.get("name") for each in schema.iterfind(f"{{{XS}}}{kind}")]
                assert len(names) == len(set(names))
