"""The steps of a walk through device management and DeviceIO, for the libraries in Python that speak zeep."""

import datetime
import json

LOCATION = "onvif://www.onvif.org/location/walk"
ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
WALKER = {"Username": "walker", "Password": "Walked-1-Mile", "UserLevel": "Operator"}
PULSE = {"Mode": "Monostable", "DelayTime": datetime.timedelta(seconds=2), "IdleState": "closed"}
CIRCUIT = {"token": "input1", "IdleState": "closed"}


def steps(rtsp_port):
    """Label, service, operation and arguments, in order; a second word in a label tells it from the first."""
    dns = {"FromDHCP": False, "SearchDomain": ["walk.example"]}
    dns["DNSManual"] = [{"Type": "IPv4", "IPv4Address": "192.0.2.53"}]
    ntp = {"FromDHCP": False, "NTPManual": [{"Type": "DNS", "DNSname": "ntp.walk.example"}]}
    listed = [
        ("SetHostname", {"Name": "walked"}),
        ("GetHostname", {}),
        ("SetDNS", dns),
        ("GetDNS", {}),
        ("SetNTP", ntp),
        ("GetNTP", {}),
        ("GetNetworkInterfaces", {}),
        (
            "SetNetworkProtocols",
            {"NetworkProtocols": [{"Name": "RTSP", "Enabled": True, "Port": [rtsp_port]}]},
        ),
        ("GetNetworkProtocols", {}),
        ("AddScopes", {"ScopeItem": [LOCATION]}),
        ("GetScopes", {}),
        ("RemoveScopes", {"ScopeItem": [LOCATION]}),
        ("CreateUsers", {"User": [WALKER]}),
        ("GetUsers", {}),
        ("CreateUsers again", {"User": [WALKER]}),
        ("SetUser", {"User": [WALKER | {"UserLevel": "User"}]}),
        ("GetUsers again", {}),
        ("DeleteUsers", {"Username": ["walker"]}),
        ("DeleteUsers again", {"Username": ["walker"]}),
        ("SetRelayOutputSettings", {"RelayOutputToken": "relay1", "Properties": PULSE}),
        ("GetRelayOutputs", {}),
        ("SetRelayOutputState", {"RelayOutputToken": "relay1", "LogicalState": "active"}),
        ("SetRelayOutputState again", {"RelayOutputToken": "attic", "LogicalState": "active"}),
        (
            "SetSystemDateAndTime",
            {"DateTimeType": "NTP", "DaylightSavings": False, "TimeZone": {"TZ": ZONE}},
        ),
        ("GetSystemDateAndTime", {}),
        ("SetDiscoveryMode", {"DiscoveryMode": "NonDiscoverable"}),
        ("GetDiscoveryMode", {}),
    ]
    for label, arguments in listed:
        yield label, "devicemgmt", label.split()[0], arguments
    for label, arguments in (
        ("GetRelayOutputOptions", {"RelayOutputToken": "relay1"}),
        ("SetDigitalInputConfigurations", {"DigitalInputs": [CIRCUIT]}),
        ("GetDigitalInputs", {}),
        ("GetSerialPorts", {}),
    ):
        yield label, "deviceio", label, arguments


def described(error):
    """A refusal in words: the reason and the fault's codes, wherever the library keeps them."""
    inner = getattr(error, "original_exception", None) or error.__cause__ or error
    codes = [str(each) for each in getattr(inner, "subcodes", None) or ()]
    return f"refused: {error} {' '.join(codes)}"


def printed(seen):
    """What was seen as one line of JSON."""
    print(json.dumps(seen, default=str))
