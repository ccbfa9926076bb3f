"""Visits a device with onvif-python and prints what it saw, as JSON.

Usage: onvif_python_client.py HOST PORT USER PASSWORD digest|token
"""

import base64
import datetime
import json
import sys

import requests
from onvif import ONVIFClient, ONVIFOperationException
from requests.auth import HTTPDigestAuth

RTP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


def encoding(profile):
    """What the older media service says of a profile's video; nothing of H.265, which it does not know."""
    configuration = profile.VideoEncoderConfiguration
    return configuration.Encoding if configuration else ""


def survey(client, profile, recording):
    """Ask whatever else can be asked without changing anything; the names of what was answered."""
    device, media, newer = client.devicemgmt(), client.media(), client.media2()
    search, shelf = client.search(), client.recording()
    source = media.GetVideoSourceConfigurations()[0].token
    now = datetime.datetime.now(datetime.UTC)
    asked = {
        "GetScopes": device.GetScopes,
        "GetVideoSources": media.GetVideoSources,
        "GetHostname": device.GetHostname,
        "GetDNS": device.GetDNS,
        "GetNTP": device.GetNTP,
        "GetNetworkInterfaces": device.GetNetworkInterfaces,
        "GetNetworkProtocols": device.GetNetworkProtocols,
        "GetNetworkDefaultGateway": device.GetNetworkDefaultGateway,
        "GetDiscoveryMode": device.GetDiscoveryMode,
        "GetUsers": device.GetUsers,
        "GetWsdlUrl": device.GetWsdlUrl,
        "GetServiceCapabilities": device.GetServiceCapabilities,
        "GetVideoSourceConfigurations": media.GetVideoSourceConfigurations,
        "GetVideoEncoderConfigurations": media.GetVideoEncoderConfigurations,
        "GetVideoEncoderConfigurationOptions": lambda: media.GetVideoEncoderConfigurationOptions(
            ProfileToken=profile
        ),
        "GetAudioSources": media.GetAudioSources,
        "GetAudioEncoderConfigurations": media.GetAudioEncoderConfigurations,
        "GetMetadataConfigurations": media.GetMetadataConfigurations,
        "GetProfile": lambda: media.GetProfile(ProfileToken=profile),
        "SetSynchronizationPoint": lambda: media.SetSynchronizationPoint(ProfileToken=profile),
        "media2 GetVideoEncoderConfigurations": newer.GetVideoEncoderConfigurations,
        "media2 GetVideoEncoderConfigurationOptions": newer.GetVideoEncoderConfigurationOptions,
        "media2 GetVideoSourceConfigurations": newer.GetVideoSourceConfigurations,
        "media2 GetAudioEncoderConfigurations": newer.GetAudioEncoderConfigurations,
        "media2 GetMetadataConfigurations": newer.GetMetadataConfigurations,
        "media2 GetSnapshotUri": lambda: newer.GetSnapshotUri(ProfileToken=profile),
        "media2 GetVideoEncoderInstances": lambda: newer.GetVideoEncoderInstances(ConfigurationToken=source),
        "GetEventProperties": client.events().GetEventProperties,
        "GetRecordingJobs": shelf.GetRecordingJobs,
        "GetRecordingOptions": lambda: shelf.GetRecordingOptions(RecordingToken=recording),
        "GetRecordingConfiguration": lambda: shelf.GetRecordingConfiguration(RecordingToken=recording),
        "GetRecordingInformation": lambda: search.GetRecordingInformation(RecordingToken=recording),
        "GetMediaAttributes": lambda: search.GetMediaAttributes(Time=now, RecordingTokens=[recording]),
        "GetReplayConfiguration": client.replay().GetReplayConfiguration,
    }
    answered = []
    for name, ask in asked.items():
        try:
            ask()
        except ONVIFOperationException as refusal:
            answered.append(f"{name}: {refusal}")
        else:
            answered.append(name)
    return answered


def found_events(client, recording):
    """How many recorded events the search finds, start states included."""
    search = client.search()
    token = search.FindEvents(
        StartPoint=datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1),
        Scope={"IncludedRecordings": [recording]},
        SearchFilter={},
        IncludeStartState=True,
        KeepAliveTime="PT30S",
    )
    count = 0
    for _ in range(20):
        results = search.GetEventSearchResults(SearchToken=token, WaitTime="PT1S")
        count += len(results.Result or ())
        if results.SearchState == "Completed":
            break
    ended = search.FindRecordings(Scope={}, KeepAliveTime="PT30S")
    search.EndSearch(SearchToken=ended)
    return count


def events(client):
    """Topics and kinds of the first messages of a pull point."""
    created = client.events().CreatePullPointSubscription()
    found = []
    point = client.pullpoint(created)
    for _ in range(4):
        reply = point.PullMessages(Timeout="PT1S", MessageLimit=100)
        for each in reply.NotificationMessage or ():
            # The library's view of a topic loses its text; the topics are compared with another library.
            found.append(["", each.Message.Message["PropertyOperation"]])
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
        "survey": survey(client, token, listed[0]),
        "found_events": found_events(client, listed[0]),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
