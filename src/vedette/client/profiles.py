"""A device's profiles and their addresses, the same from Media2 and from the older Media service."""

from typing import TYPE_CHECKING

import msgspec

from vedette.client.errors import ClientError, ServiceMissing
from vedette.contract.faults import ActionNotSupported, NoProfile
from vedette.wire.namespaces import TR2

if TYPE_CHECKING:
    from vedette.client.camera import Camera
    from vedette.contract.media2.profiles import MediaProfile
    from vedette.contract.schema.media import Profile

JPEG_START = b"\xff\xd8"


class StreamProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What one profile streams; `encoding` is empty and the size 0 where the device does not tell."""

    token: str
    name: str
    encoding: str = ""
    width: int = 0
    height: int = 0


async def stream_profiles(camera: "Camera") -> tuple[StreamProfile, ...]:
    """Every profile, in the device's order, which puts the best one first as a rule."""
    if has_media2(camera):
        answer = await camera.media2.get_profiles(types=("VideoEncoder",))
        return tuple(_from_media2(each) for each in answer.profiles)
    return tuple(_from_media(each) for each in (await camera.media.get_profiles()).profiles)


async def stream_uri(camera: "Camera", token: str) -> str:
    """The RTSP address of a profile's stream; to be played over TCP or UDP as the player likes."""
    if has_media2(camera):
        return camera.stream_uri(
            (await camera.media2.get_stream_uri(protocol="RTSP", profile_token=token)).uri
        )
    from vedette.contract.schema.media import StreamSetup, StreamType, Transport, TransportProtocol

    setup = StreamSetup(stream=StreamType.RTP_UNICAST, transport=Transport(protocol=TransportProtocol.RTSP))
    answer = await camera.media.get_stream_uri(stream_setup=setup, profile_token=token)
    return camera.stream_uri(answer.media_uri.uri)


async def snapshot_uri(camera: "Camera", token: str) -> str:
    """The HTTP address of a profile's picture; raises ServiceMissing when the device has none."""
    try:
        if has_media2(camera):
            return camera.stream_uri((await camera.media2.get_snapshot_uri(profile_token=token)).uri)
        return camera.stream_uri((await camera.media.get_snapshot_uri(profile_token=token)).media_uri.uri)
    except ActionNotSupported as refusal:
        raise ServiceMissing("the device offers no snapshots") from refusal


async def snapshot(camera: "Camera", token: str = "") -> bytes:
    """One picture as JPEG, of the first profile unless one is named; raises NoProfile where there is none.

    What comes instead, such as a page that wants a login, is a ClientError.
    """
    if not token:
        profiles = await stream_profiles(camera)
        if not profiles:
            raise NoProfile("the device has no profile to take a picture of")
        token = profiles[0].token
    url = await snapshot_uri(camera, token)
    reply = await camera.get(url)
    if not reply.body.startswith(JPEG_START):
        came = reply.header("content-type") or "something else"
        raise ClientError(f"{url} is no JPEG picture: {len(reply.body)} bytes of {came} came")
    return reply.body


def has_media2(camera: "Camera") -> bool:
    """Whether the device offers the second media service."""
    return TR2 in camera.services


def _from_media2(profile: "MediaProfile") -> StreamProfile:
    encoder = None if profile.configurations is None else profile.configurations.video_encoder
    if encoder is None:
        return StreamProfile(token=profile.token, name=profile.name)
    size = encoder.resolution
    return StreamProfile(
        token=profile.token,
        name=profile.name,
        encoding=encoder.encoding,
        width=size.width,
        height=size.height,
    )


def _from_media(profile: "Profile") -> StreamProfile:
    encoder = profile.video_encoder_configuration
    if encoder is None:
        return StreamProfile(token=profile.token, name=profile.name)
    size = encoder.resolution
    return StreamProfile(
        token=profile.token,
        name=profile.name,
        encoding=str(encoder.encoding),
        width=size.width,
        height=size.height,
    )
