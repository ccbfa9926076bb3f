"""Visits a device with onvif-zeep-async and prints what it saw, as JSON.

Usage: onvif_zeep_async_client.py HOST PORT USER PASSWORD
"""

import asyncio
import base64
import datetime
import json
import sys

from onvif import ONVIFCamera

RTP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


def encoding(profile):
    """What the older media service says of a profile's video; nothing of H.265, which it does not know."""
    configuration = profile.VideoEncoderConfiguration
    return configuration.Encoding if configuration else ""


async def events(camera):
    """Topics and kinds of the first messages of a pull point."""
    manager = await camera.create_pullpoint_manager(datetime.timedelta(seconds=60), lambda: None)
    found = []
    try:
        service = manager.get_service()
        for _ in range(4):
            reply = await service.PullMessages(
                {"Timeout": datetime.timedelta(seconds=1), "MessageLimit": 100}
            )
            for each in reply.NotificationMessage or ():
                message = each.Message._value_1
                found.append([each.Topic._value_1, message.PropertyOperation])
            if found:
                break
    finally:
        await manager.shutdown()
    return found


async def recordings(camera):
    """Tokens by the recording service and by the search service, and a replay address."""
    recording = await camera.create_recording_service()
    listed = [each.RecordingToken for each in await recording.GetRecordings()]
    search = await camera.create_search_service()
    summary = await search.GetRecordingSummary()
    token = await search.FindRecordings({"Scope": {}, "KeepAliveTime": datetime.timedelta(seconds=30)})
    found, state = [], ""
    for _ in range(20):
        results = await search.GetRecordingSearchResults(
            {"SearchToken": token, "WaitTime": datetime.timedelta(seconds=1)}
        )
        found += [each.RecordingToken for each in results.RecordingInformation or ()]
        state = results.SearchState
        if state == "Completed":
            break
    replay = await camera.create_replay_service()
    uri = await replay.GetReplayUri({"StreamSetup": RTP, "RecordingToken": listed[0]})
    return listed, found, state, summary.NumberRecordings, uri


async def main(host, port, user, password):
    """The whole visit."""
    camera = ONVIFCamera(host, int(port), user, password)
    await camera.update_xaddrs()
    device = await camera.create_devicemgmt_service()
    information = await device.GetDeviceInformation()
    clock = (await device.GetSystemDateAndTime()).UTCDateTime
    date, time = clock.Date, clock.Time
    utc = datetime.datetime(
        date.Year, date.Month, date.Day, time.Hour, time.Minute, time.Second, tzinfo=datetime.UTC
    )
    clock_off_s = abs((datetime.datetime.now(datetime.UTC) - utc).total_seconds())
    services = await device.GetServices({"IncludeCapability": False})
    capabilities = await camera.get_capabilities()
    media = await camera.create_media_service()
    profiles = await media.GetProfiles()
    token = profiles[0].token
    stream = await media.GetStreamUri({"StreamSetup": RTP, "ProfileToken": token})
    snapshot = await camera.get_snapshot(token)
    listed, found, state, count, replay_uri = await recordings(camera)
    result = {
        "manufacturer": information.Manufacturer,
        "serial": information.SerialNumber,
        "clock_off_s": clock_off_s,
        "services": [each.Namespace for each in services],
        "capabilities": sorted(capabilities),
        "profiles": [[each.token, encoding(each)] for each in profiles],
        "stream_uri": stream.Uri,
        "snapshot": base64.b64encode(snapshot or b"").decode(),
        "events": await events(camera),
        "recordings": listed,
        "found": found,
        "search_state": state,
        "summary": count,
        "replay_uri": replay_uri,
    }
    await camera.close()
    return result


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
