"""Video and audio sources and audio outputs, as this service tells them."""

from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.conformance.suites.deviceio.relays import device_io
from vedette.contract.media import Media


def _expect_tokens(run: Run, tokens: tuple[str, ...], said: int | None, what: str) -> None:
    """There are some, each once, as many as the capabilities say."""
    run.expect(tokens, f"there is {what}")
    run.expect(len(tokens) == (said or 0), f"the capabilities say {len(tokens)} too ({said or 0})")
    run.expect(len(set(tokens)) == len(tokens), "every token is given once")


@case("DEVICEIO-4-1-1")
async def audio_sources(run: Run) -> None:
    """There is an audio source."""
    run.step("ask for the audio sources")
    tokens = (await device_io(run).get_audio_sources()).tokens
    run.expect(tokens, "there is an audio source")


@case("DEVICEIO-5-1-1")
async def same_video_sources(run: Run) -> None:
    """This service and the media service tell the same video sources."""
    run.step("ask this service for the video sources")
    here = (await device_io(run).get_video_sources()).tokens
    run.step("ask the media service for the video sources")
    there = [each.token for each in (await run.target.service(Media).get_video_sources()).video_sources]
    run.expect(sorted(here) == sorted(there), f"both tell the same ({', '.join(here)}; {', '.join(there)})")


@case("DEVICEIO-7-1-1")
async def video_sources(run: Run) -> None:
    """Video sources, as many as the capabilities say."""
    run.step("ask for the capabilities")
    said = (await device_io(run).get_service_capabilities()).capabilities
    run.step("ask for the video sources")
    tokens = (await device_io(run).get_video_sources()).tokens
    _expect_tokens(run, tokens, said.video_sources, "a video source")


@case("DEVICEIO-8-1-1")
async def audio_outputs(run: Run) -> None:
    """Audio outputs, as many as the capabilities say."""
    run.step("ask for the capabilities")
    said = (await device_io(run).get_service_capabilities()).capabilities
    run.step("ask for the audio outputs")
    tokens = (await device_io(run).get_audio_outputs()).tokens
    _expect_tokens(run, tokens, said.audio_outputs, "an audio output")
