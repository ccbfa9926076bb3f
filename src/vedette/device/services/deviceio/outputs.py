"""Device I/O service: video and audio outputs. This device has none, and says so by the exact fault."""

from typing import NoReturn

from vedette.contract.deviceio import DeviceIO as Contract
from vedette.contract.deviceio import audio, video
from vedette.contract.faults import NoAudioOutput, NoVideoOutput
from vedette.contract.operation import answers


class OutputHandlers:
    """Tells that there are no outputs: no monitor and no loudspeaker hangs on a recorder."""

    @answers(Contract.get_video_outputs)
    async def get_video_outputs(self, request: video.GetVideoOutputs) -> video.GetVideoOutputsResponse:
        """None."""
        return video.GetVideoOutputsResponse()

    @answers(Contract.get_video_output_configuration)
    async def get_video_output_configuration(
        self, request: video.GetVideoOutputConfiguration
    ) -> video.GetVideoOutputConfigurationResponse:
        """There is none of any token."""
        _no_video_output(request.video_output_token)

    @answers(Contract.get_video_output_configuration_options)
    async def get_video_output_configuration_options(
        self, request: video.GetVideoOutputConfigurationOptions
    ) -> video.GetVideoOutputConfigurationOptionsResponse:
        """There is none of any token."""
        _no_video_output(request.video_output_token)

    @answers(Contract.set_video_output_configuration)
    async def set_video_output_configuration(
        self, request: video.SetVideoOutputConfiguration
    ) -> video.SetVideoOutputConfigurationResponse:
        """There is none of any token."""
        _no_video_output(request.configuration.token)

    @answers(Contract.get_audio_outputs)
    async def get_audio_outputs(self, request: audio.GetAudioOutputs) -> audio.GetAudioOutputsResponse:
        """None."""
        return audio.GetAudioOutputsResponse()

    @answers(Contract.get_audio_output_configuration)
    async def get_audio_output_configuration(
        self, request: audio.GetAudioOutputConfiguration
    ) -> audio.GetAudioOutputConfigurationResponse:
        """There is none of any token."""
        _no_audio_output(request.audio_output_token)

    @answers(Contract.get_audio_output_configuration_options)
    async def get_audio_output_configuration_options(
        self, request: audio.GetAudioOutputConfigurationOptions
    ) -> audio.GetAudioOutputConfigurationOptionsResponse:
        """There is none of any token."""
        _no_audio_output(request.audio_output_token)

    @answers(Contract.set_audio_output_configuration)
    async def set_audio_output_configuration(
        self, request: audio.SetAudioOutputConfiguration
    ) -> audio.SetAudioOutputConfigurationResponse:
        """There is none of any token."""
        _no_audio_output(request.configuration.token)


def _no_video_output(token: str) -> NoReturn:
    raise NoVideoOutput(f"no video output {token!r}; this device has none")


def _no_audio_output(token: str) -> NoReturn:
    raise NoAudioOutput(f"no audio output {token!r}; this device has none")
