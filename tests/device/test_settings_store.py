"""The settings document: atomic, ordered, durable before success."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.device.settings import store as store_module
from vedette.device.settings.document import VERSION, CameraSettings, Settings
from vedette.device.settings.store import SettingsDamaged, SettingsNotSaved, SettingsStore


def with_camera(name: str):
    def edit(settings: Settings) -> Settings:
        camera = CameraSettings(name=name, source="drawn:")
        return msgspec.structs.replace(settings, cameras=(*settings.cameras, camera))

    return edit


def names(settings: Settings) -> list[str]:
    return [camera.name for camera in settings.cameras]


def test_a_change_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    async def run() -> None:
        store = SettingsStore.open(tmp_path / "settings.json", Settings)
        await store.change(with_camera("a"))
        assert names(SettingsStore.open(store.path, Settings).current) == ["a"]
        assert store.path.stat().st_mode & 0o077 == 0

    asyncio.run(run())


def test_edits_that_wait_together_are_applied_in_order(tmp_path: Path) -> None:
    async def run() -> None:
        store = SettingsStore.open(tmp_path / "settings.json", Settings)
        wanted = [f"c{i}" for i in range(50)]
        await asyncio.gather(*(store.change(with_camera(name)) for name in wanted))
        assert names(store.current) == wanted

    asyncio.run(run())


def test_an_edit_that_raises_changes_nothing(tmp_path: Path) -> None:
    def broken(settings: Settings) -> Settings:
        raise ValueError("no")

    async def run() -> None:
        store = SettingsStore.open(tmp_path / "settings.json", Settings)
        results = await asyncio.gather(
            store.change(with_camera("a")),
            store.change(broken),
            store.change(with_camera("b")),
            return_exceptions=True,
        )
        assert isinstance(results[1], ValueError)
        assert names(store.current) == ["a", "b"]

    asyncio.run(run())


def test_a_refusing_disk_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        store = SettingsStore.open(tmp_path / "settings.json", Settings)
        await store.change(with_camera("a"))

        def full(path: Path, content: bytes) -> None:
            raise SettingsNotSaved("no space")

        with monkeypatch.context() as patch:
            patch.setattr(store_module, "write_atomically", full)
            with pytest.raises(SettingsNotSaved):
                await store.change(with_camera("b"))
        assert names(store.current) == ["a"]
        await store.change(with_camera("c"))
        assert names(SettingsStore.open(store.path, Settings).current) == ["a", "c"]

    asyncio.run(run())


@pytest.mark.parametrize("raw", [b"", b"{", b'{"version": 99}', b'{"cameras": 3}', b"\xff"])
def test_a_damaged_file_is_refused_and_kept(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(raw)
    with pytest.raises(SettingsDamaged, match=r"settings\.json"):
        SettingsStore.open(path, Settings)
    assert path.read_bytes() == raw


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'{"network": {"address_filter": {"networks": ["nonsense"]}}}', "network.address_filter"),
        (
            b'{"network": {"ports": {"instead_of": [1, 2], "http": {"ports": []}, "rtsp": {"ports": [1]}}}}',
            "http.ports",
        ),
        (
            b'{"network": {"ports": {"instead_of": [1, 2], "http": {"ports": [9]}, "rtsp": {"ports": [0]}}}}',
            "rtsp.ports",
        ),
        (b'{"system": {"time_zone": "Foo/Bar!"}}', "system"),
        (b'{"recording": {"replay_timeout_s": -5}}', "replay_timeout_s"),
        (
            b'{"certificates": {"own": [{"id": "a", "certificate": "AAAA", "sealed_key": ""}]}}',
            "certificates.own",
        ),
        (b'{"certificates": {"authorities": [{"id": "a", "certificate": "AAAA"}]}}', "authorities"),
    ],
)
def test_what_no_client_could_have_set_is_refused_with_its_place(
    tmp_path: Path, raw: bytes, where: str
) -> None:
    """Else a slip of an editor is found out by a defect's trace at the start, or in an answer."""
    path = tmp_path / "settings.json"
    path.write_bytes(raw)
    with pytest.raises(SettingsDamaged, match=rf"settings\.json: .*{where}"):
        SettingsStore.open(path, Settings)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b'{"version": 3}', "version 3, this program reads up to 2"),
        (b'{"version": 2, "walls": {}}', r"`\$\.walls`"),
        (b'{"system": {"hostname": "gate", "colour": "red"}}', r"`\$\.system\.colour`"),
        (b'{"recording": {"job_modes": [{"camera": "a", "is_active": true, "x": 1}]}}', r"job_modes\[0\]\.x"),
    ],
)
def test_what_a_newer_program_has_set_is_refused_not_lost(tmp_path: Path, raw: bytes, what: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(raw)
    with pytest.raises(SettingsDamaged, match=rf"{what}.*newer program wrote it.*settings\.json\.before"):
        SettingsStore.open(path, Settings)
    assert path.read_bytes() == raw


def test_what_an_older_program_wrote_is_kept_beside_before_it_is_replaced(tmp_path: Path) -> None:
    path, before = tmp_path / "settings.json", tmp_path / "settings.json.before"
    older = b'{"version": 1, "cameras": [{"name": "old", "source": "drawn:"}]}'

    async def run() -> None:
        path.write_bytes(older)
        store = SettingsStore.open(path, Settings)
        assert store.current.version == VERSION
        assert (path.read_bytes(), before.exists()) == (older, False)  # reading alone changes nothing
        for name in ("a", "b"):
            await store.change(with_camera(name))
        assert names(SettingsStore.open(path, Settings).current) == ["old", "a", "b"]
        assert before.read_bytes() == older
        assert before.stat().st_mode & 0o077 == 0

    asyncio.run(run())


def test_settings_in_their_present_form_leave_no_former_ones_beside_them(tmp_path: Path) -> None:
    async def run() -> None:
        await SettingsStore.open(tmp_path / "settings.json", Settings).change(with_camera("a"))
        await SettingsStore.open(tmp_path / "settings.json", Settings).change(with_camera("b"))

    asyncio.run(run())
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_who_waits_is_answered_though_a_watcher_fails_meanwhile(tmp_path: Path) -> None:
    async def run() -> None:
        store = SettingsStore.open(tmp_path / "settings.json", Settings)

        def failing(before: Settings, after: Settings) -> None:
            raise RuntimeError("a defect")

        store.watch(failing)
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        first = asyncio.create_task(store.change(with_camera("a")))
        for _ in range(3):  # until it is being written
            await asyncio.sleep(0)
        await asyncio.wait_for(store.change(with_camera("b")), 10)
        await first
        assert names(SettingsStore.open(store.path, Settings).current) == ["a", "b"]

    asyncio.run(run())


def test_watchers_see_before_and_after(tmp_path: Path) -> None:
    async def run() -> None:
        store = SettingsStore.open(tmp_path / "settings.json", Settings)
        seen: list[tuple[list[str], list[str]]] = []
        store.watch(lambda before, after: seen.append((names(before), names(after))))
        await store.change(with_camera("a"))
        await asyncio.sleep(0)
        assert seen == [([], ["a"])]

    asyncio.run(run())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["edit", "refuse", "give up"]), st.booleans(), st.booleans()), max_size=12
    )
)
def test_whatever_edits_and_disk_do_success_means_on_disk_and_refusal_means_unchanged(
    steps: list[tuple[str, bool, bool]],
) -> None:
    """Each step: what the caller does, whether the disk fails from here on, whether to wait for it."""

    async def run(path: Path) -> None:
        store = SettingsStore.open(path, Settings)
        is_failing = False
        really = store_module.write_atomically

        def write(to: Path, content: bytes) -> None:
            if is_failing:
                raise SettingsNotSaved("no space")
            really(to, content)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store_module, "write_atomically", write)
            tasks: dict[str, asyncio.Task[Settings]] = {}
            for number, (act, fails, waits) in enumerate(steps):
                is_failing = fails
                edit = refuse if act == "refuse" else with_camera(f"c{number}")
                task = tasks[f"c{number}"] = asyncio.create_task(store.change(edit))
                await asyncio.sleep(0)
                if act == "give up":
                    task.cancel()
                if waits:
                    await asyncio.wait(tasks.values())
            if tasks:
                await asyncio.wait(tasks.values())
            is_failing = False
            with contextlib.suppress(SettingsNotSaved):  # a write that had begun to fail may take it along
                await store.change(lambda document: document)
            await store.change(lambda document: document)  # after all that still waits
        kept = names(SettingsStore.open(path, Settings).current)
        assert kept == names(store.current)
        assert kept == sorted(kept, key=lambda name: int(name[1:]))
        for name, task in tasks.items():
            if task.cancelled():
                continue  # nobody was told anything
            assert (name in kept) is (task.exception() is None)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder) / "settings.json"))


def refuse(settings: Settings) -> Settings:
    raise ValueError("no")
