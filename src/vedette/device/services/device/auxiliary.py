"""Device service: auxiliary commands."""

from vedette.contract.device import Device
from vedette.contract.device.system import SendAuxiliaryCommand, SendAuxiliaryCommandResponse
from vedette.contract.operation import answers
from vedette.device.auxiliary import Auxiliaries


class AuxiliaryHandlers:
    """Switches what is attached to the cameras."""

    def __init__(self, auxiliaries: Auxiliaries) -> None:
        self._auxiliaries = auxiliaries

    @answers(Device.send_auxiliary_command)
    async def send_auxiliary_command(self, request: SendAuxiliaryCommand) -> SendAuxiliaryCommandResponse:
        """Carry out a command."""
        self._auxiliaries.send(request.auxiliary_command)
        return SendAuxiliaryCommandResponse(auxiliary_command_response="OK")
