"""The figures that Prometheus gets to see, and where each is read."""

from collections.abc import Callable, Iterable

from vedette.device.cameras import Cameras
from vedette.device.dispatch import Dispatcher
from vedette.device.jobs import JobState, Recorder
from vedette.media.hub import Stream
from vedette.server.live.resource import LiveGroups
from vedette.server.metrics import Metric, Metrics, Sample, process_metrics
from vedette.server.rtsp.service import RtspService


def figures_of(
    cameras: Cameras,
    groups: LiveGroups,
    recorder: Recorder,
    rtsp: RtspService,
    dispatcher: Dispatcher,
    viewers_of: Callable[[Stream], int],
) -> Metrics:
    """All figures of one server; `viewers_of` counts who watches a stream by whatever way."""

    def each_stream(value: Callable[[Stream], float]) -> Callable[[], Iterable[Sample]]:
        def read() -> list[Sample]:
            return [
                Sample(value(stream), {"camera": camera.name, "stream": stream.name.rpartition("/")[2]})
                for camera in cameras
                for stream in camera.streams
            ]

        return read

    def jobs(value: Callable[[str], float]) -> Callable[[], Iterable[Sample]]:
        return lambda: [Sample(value(job.recording), {"recording": job.recording}) for job in recorder.jobs]

    def writer_count(name: str) -> Callable[[str], float]:
        def read(recording: str) -> float:
            writer = recorder.writer_of(recording)
            return 0 if writer is None else getattr(writer.counts, name)

        return read

    states = {state: number for number, state in enumerate(JobState)}
    metrics = Metrics()
    for metric in (
        *process_metrics(),
        Metric(
            "vedette_stream_live",
            "gauge",
            "1 while the stream gives media.",
            each_stream(lambda s: s.state.value == "live"),
        ),
        Metric(
            "vedette_stream_units_total",
            "counter",
            "Access units published.",
            each_stream(lambda s: s.units_total),
        ),
        Metric(
            "vedette_stream_bytes_total", "counter", "Bytes published.", each_stream(lambda s: s.bytes_total)
        ),
        Metric(
            "vedette_stream_lost_packets_total",
            "counter",
            "Packets that never came from the camera.",
            each_stream(lambda s: s.lost_total),
        ),
        Metric("vedette_stream_viewers", "gauge", "Who watches now.", each_stream(viewers_of)),
        Metric(
            "vedette_stream_dropped_units",
            "gauge",
            "Units that present viewers missed by being slow.",
            each_stream(groups.dropped_of),
        ),
        Metric(
            "vedette_recording_state",
            "gauge",
            "0 idle, 1 active, 2 waiting for the camera, 3 error.",
            lambda: [Sample(states[job.state], {"recording": job.recording}) for job in recorder.jobs],
        ),
        Metric(
            "vedette_recording_units_total", "counter", "Access units written.", jobs(writer_count("units"))
        ),
        Metric("vedette_recording_bytes_total", "counter", "Bytes written.", jobs(writer_count("bytes"))),
        Metric(
            "vedette_recording_dropped_units_total",
            "counter",
            "Access units lost at the disk.",
            jobs(writer_count("dropped")),
        ),
        Metric(
            "vedette_retention_deleted_bytes_total",
            "counter",
            "Bytes deleted by retention.",
            lambda: [Sample(recorder.deleted_bytes_total)],
        ),
        Metric(
            "vedette_index_days_left",
            "gauge",
            "Days whose footage a new index does not know yet.",
            lambda: [Sample(recorder.index_days_left)],
        ),
        Metric(
            "vedette_rtsp_connections",
            "gauge",
            "Open RTSP connections.",
            lambda: [Sample(rtsp.connections_now)],
        ),
        Metric(
            "vedette_rtsp_sessions_total",
            "counter",
            "RTSP sessions so far.",
            lambda: [Sample(rtsp.sessions_total)],
        ),
        Metric(
            "vedette_soap_requests_total",
            "counter",
            "SOAP requests.",
            lambda: [Sample(dispatcher.requests_total)],
        ),
        Metric(
            "vedette_soap_faults_total",
            "counter",
            "SOAP requests answered with a fault.",
            lambda: [Sample(dispatcher.faults_total)],
        ),
    ):
        metrics.add(metric)
    return metrics
