"""Answers of the recording control service about exports."""

from vedette.base.timestamps import utc_us_from_datetime
from vedette.contract.faults import BadConfiguration
from vedette.contract.operation import answers
from vedette.contract.recording import Recording as Service
from vedette.contract.recording.export import (
    ExportRecordedData,
    ExportRecordedDataResponse,
    GetExportRecordedDataState,
    GetExportRecordedDataStateResponse,
    StopExportRecordedData,
    StopExportRecordedDataResponse,
)
from vedette.device.exports import FORMAT, Export, ExportRefused, Exports, UnknownExport
from vedette.device.search import InvalidSearchFilter, Searches, UnknownScope, UnknownSource


class ExportHandlers:
    """Exports what a search scope names."""

    def __init__(self, exports: Exports, searches: Searches) -> None:
        self._exports = exports
        self._searches = searches

    @answers(Service.export_recorded_data)
    async def export_recorded_data(self, request: ExportRecordedData) -> ExportRecordedDataResponse:
        """Begin an export."""
        if request.file_format != FORMAT:
            raise BadConfiguration(f"FileFormat: {request.file_format[:40]!r} is not {FORMAT}")
        start, end = request.start_point, request.end_point
        target = request.storage_destination
        try:
            made = await self._exports.start(
                await self._searches.in_scope(request.search_scope),
                target.storage_token,
                target.relative_path or "",
                start_us=None if start is None else utc_us_from_datetime(start),
                end_us=None if end is None else utc_us_from_datetime(end),
            )
        except (UnknownScope, UnknownSource, InvalidSearchFilter) as error:
            raise BadConfiguration(f"SearchScope: {error}") from error
        except ExportRefused as error:
            raise BadConfiguration(str(error)) from error
        names = tuple(path.name for path in made.files.values())
        return ExportRecordedDataResponse(operation_token=made.token, file_names=names)

    @answers(Service.stop_export_recorded_data)
    async def stop_export_recorded_data(
        self, request: StopExportRecordedData
    ) -> StopExportRecordedDataResponse:
        """End an export."""
        found = self._require(request.operation_token)
        found.stop()
        return StopExportRecordedDataResponse(
            progress=found.progress, file_progress_status=found.file_progress
        )

    @answers(Service.get_export_recorded_data_state)
    async def get_export_recorded_data_state(
        self, request: GetExportRecordedDataState
    ) -> GetExportRecordedDataStateResponse:
        """How far an export is."""
        found = self._require(request.operation_token)
        return GetExportRecordedDataStateResponse(
            progress=found.progress, file_progress_status=found.file_progress
        )

    def _require(self, token: str) -> Export:
        try:
            return self._exports.require(token)
        except UnknownExport as error:
            raise BadConfiguration(str(error)) from error
