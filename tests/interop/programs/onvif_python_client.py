"""Visits a device with onvif-python and prints what it saw, as JSON.

Usage: onvif_python_client.py HOST PORT USER PASSWORD digest|token
"""

import base64
import datetime
import json
import sys

import requests
from onvif import ONVIFClient
from requests.auth import HTTPDigestAuth

RTP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


def encoding(profile):
    """What the older media service says of a profile's video; nothing of H.265, which it does not know."""
    configuration = profile.VideoEncoderConfiguration
    return configuration.Encoding if configuration else ""


def events(client):
    """Topics and kinds of the first messages of a pull point."""
    created = client.events().CreatePullPointSubscription()
    found = []
    point = client.pullpoint(created)
    for _ in range(4):
        reply = point.PullMessages(Timeout="PT1S", MessageLimit=100)
        for each in reply.NotificationMessage or ():
            # The library's view of a topic loses its text; the topics are compared with another library.
            found.append(["", each.Message.Message.PropertyOperation])
        if found:
            break
    client.subscription(created).Unsubscribe()
    return found


def media2(client):
    """Profiles and a stream address by the newer media service."""
    service = client.media2()
    profiles = service.GetProfiles(Type=["All"])
    reply = service.GetStreamUri(Protocol="RTSP", ProfileToken=profiles[0].token)
    return [each.token for each in profiles], reply if isinstance(reply, str) else reply.Uri


def recordings(client):
    """Tokens by the recording service and by the search service, and a replay address."""
    listed = [each.RecordingToken for each in client.recording().GetRecordings()]
    search = client.search()
    summary = search.GetRecordingSummary()
    token = search.FindRecordings(Scope={}, KeepAliveTime="PT30S")
    found, state = [], ""
    for _ in range(20):
        results = search.GetRecordingSearchResults(SearchToken=token, WaitTime="PT1S")
        found += [each.RecordingToken for each in results.RecordingInformation or ()]
        state = results.SearchState
        if state == "Completed":
            break
    uri = client.replay().GetReplayUri(StreamSetup=RTP, RecordingToken=listed[0])
    return listed, found, state, summary.NumberRecordings, uri


def main(host, port, user, password, login):
    """The whole visit."""
    client = ONVIFClient(host, int(port), user, password, http_digest=login == "digest")
    device = client.devicemgmt()
    information = device.GetDeviceInformation()
    clock = device.GetSystemDateAndTime().UTCDateTime
    date, time = clock.Date, clock.Time
    utc = datetime.datetime(
        date.Year, date.Month, date.Day, time.Hour, time.Minute, time.Second, tzinfo=datetime.UTC
    )
    clock_off_s = abs((datetime.datetime.now(datetime.UTC) - utc).total_seconds())
    services = device.GetServices(IncludeCapability=True)
    capabilities = device.GetCapabilities(Category="All")
    media = client.media()
    profiles = media.GetProfiles()
    token = profiles[0].token
    stream = media.GetStreamUri(StreamSetup=RTP, ProfileToken=token)
    snapshot = requests.get(
        media.GetSnapshotUri(ProfileToken=token).Uri, auth=HTTPDigestAuth(user, password), timeout=10
    )
    listed, found, state, count, replay_uri = recordings(client)
    newer_profiles, newer_uri = media2(client)
    return {
        "manufacturer": information.Manufacturer,
        "serial": information.SerialNumber,
        "clock_off_s": clock_off_s,
        "services": [each.Namespace for each in services],
        "capabilities": [name for name in ("Device", "Events", "Media") if getattr(capabilities, name)],
        "profiles": [[each.token, encoding(each)] for each in profiles],
        "stream_uri": stream.Uri,
        "snapshot": base64.b64encode(snapshot.content).decode(),
        "events": events(client),
        "recordings": listed,
        "found": found,
        "search_state": state,
        "summary": count,
        "replay_uri": replay_uri,
        "media2_profiles": newer_profiles,
        "media2_stream_uri": newer_uri,
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
