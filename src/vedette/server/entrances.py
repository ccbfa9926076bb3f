"""What this server shows besides answering operations, and the operations that give the right to it."""

from vedette.contract.device import Device
from vedette.contract.deviceio import DeviceIO
from vedette.contract.media import Media
from vedette.contract.media2 import Media2
from vedette.contract.operation import Access
from vedette.contract.recording import Recording
from vedette.contract.replay import Replay
from vedette.contract.search import Search
from vedette.security.policy import Entrance

LIVE = Entrance((Media.get_stream_uri, Media2.get_stream_uri))
SNAPSHOT = Entrance((Media.get_snapshot_uri, Media2.get_snapshot_uri))
FOOTAGE = Entrance((Replay.get_replay_uri,))

# The page is a list of cameras: who may not have the list has nothing to see there.
CAMERAS = Entrance((Media.get_profiles, Media2.get_profiles))
RECORDED_TIMES = Entrance(
    (
        Replay.get_replay_uri,
        Recording.get_recordings,
        Search.get_recording_information,
        Search.get_recording_search_results,
    ),
)
CHANGED_CAMERAS = Entrance(access=Access.WRITE_SYSTEM)

RELAYS = Entrance((Device.get_relay_outputs, DeviceIO.get_relay_outputs))
INPUTS = Entrance((DeviceIO.get_digital_inputs,))
SERIAL_PORTS = Entrance((DeviceIO.get_serial_ports,))
IO_STATES = Entrance((*RELAYS.operations, *INPUTS.operations, *SERIAL_PORTS.operations))
CIRCUITS = Entrance(access=Access.WRITE_SYSTEM)

FIGURES = Entrance(access=Access.READ_SYSTEM)

LOG = Entrance((Device.get_system_log,))
SUPPORT = Entrance((Device.get_system_support_information,))
BACKUP = Entrance((Device.get_system_backup,))
RESTORE = Entrance((Device.start_system_restore, Device.restore_system))
UPGRADE = Entrance((Device.start_firmware_upgrade, Device.upgrade_system_firmware))
UPLOAD = Entrance(access=Access.UNRECOVERABLE)  # to an address that leads nowhere
