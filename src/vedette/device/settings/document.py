"""The settings document: everything that Set… operations change, one section a subject."""

import msgspec

from vedette.device.settings.certificates import CertificateSettings
from vedette.device.settings.geo import Place
from vedette.device.settings.io import IOSettings
from vedette.device.settings.maintenance import MaintenanceSettings
from vedette.device.settings.media import MediaSettings
from vedette.device.settings.media import without_camera as without_camera_media
from vedette.device.settings.network import NetworkSettings
from vedette.device.settings.recording import RecordingSettings
from vedette.device.settings.security import SecuritySettings
from vedette.device.settings.storage import StoragePlace
from vedette.device.settings.system import SystemSettings
from vedette.security.users import StoredUser

# Of the form. Raise it where a program of the version before would misread the document, or drop what it does
# not know: programs of version 1 did that. `store.understood` reads this and every earlier one.
VERSION = 2


class CameraSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A camera that feeds this system.

    `name` is its token: letters, digits, `-` and `_`. `source` and `sub_source` are addresses:
    `rtsp://…`, `file:PATH` or `drawn:?seed=N[&audio=aac]`; a drawn camera makes its own sub stream.
    `password` is sealed (`security.passwords`). `transport` is `tcp` or `udp`. Of cameras at `rtsps://…`,
    `fingerprint` names the one certificate that is taken (SHA-256 in hexadecimal digits, with colons or
    without), or `ca_file` the authorities (PEM) that vouch for it instead of the system's.
    """

    name: str
    title: str = ""
    source: str
    sub_source: str = ""
    user: str = ""
    password: str = ""
    transport: str = "tcp"
    fingerprint: str = ""
    ca_file: str = ""
    record: bool = True
    audio: bool = True


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole document. A section is replaced with `msgspec.structs.replace`."""

    version: int = VERSION
    cameras: tuple[CameraSettings, ...] = ()
    users: tuple[StoredUser, ...] = ()
    system: SystemSettings = SystemSettings()
    media: MediaSettings = MediaSettings()
    recording: RecordingSettings = RecordingSettings()
    io: IOSettings = IOSettings()
    network: NetworkSettings = NetworkSettings()
    maintenance: MaintenanceSettings = MaintenanceSettings()
    security: SecuritySettings = SecuritySettings()
    places: tuple[Place, ...] = ()
    certificates: CertificateSettings = CertificateSettings()
    storage: tuple[StoragePlace, ...] = ()


def with_camera(document: Settings, camera: CameraSettings) -> Settings:
    """The document with one camera more, of which nothing counts that was said of another of its name."""
    others = without_camera(document, camera.name)
    return msgspec.structs.replace(others, cameras=(*others.cameras, camera))


def without_camera(document: Settings, name: str) -> Settings:
    """The document without a camera, and what was said of its media and its recording job."""
    modes = tuple(each for each in document.recording.job_modes if each.camera != name)
    return msgspec.structs.replace(
        document,
        cameras=tuple(each for each in document.cameras if each.name != name),
        media=without_camera_media(document.media, name),
        recording=msgspec.structs.replace(document.recording, job_modes=modes),
    )
