"""A GetProfilesResponse of 20 to 30 kB in a SOAP envelope, as a camera with several profiles sends it."""

PROFILES = 6
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema">'
    "<s:Body><trt:GetProfilesResponse>{profiles}</trt:GetProfilesResponse></s:Body></s:Envelope>"
)
MULTICAST = (
    "<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>239.0.0.{n}</tt:IPv4Address></tt:Address>"
    "<tt:Port>{port}</tt:Port><tt:TTL>5</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>"
    "<tt:SessionTimeout>PT60S</tt:SessionTimeout>"
)
MODULE = (
    '<tt:{kind} Name="Module{module}" Type="tt:CellMotion"><tt:Parameters>'
    '<tt:SimpleItem Name="Sensitivity" Value="{module}0"/><tt:SimpleItem Name="MinCount" Value="5"/>'
    '<tt:SimpleItem Name="AlarmOnDelay" Value="100"/><tt:SimpleItem Name="AlarmOffDelay" Value="1000"/>'
    '<tt:ElementItem Name="Layout"><tt:CellLayout Columns="22" Rows="18"><tt:Transformation>'
    '<tt:Translate x="-1.0" y="-1.0"/><tt:Scale x="0.090909" y="0.111111"/>'
    "</tt:Transformation></tt:CellLayout></tt:ElementItem></tt:Parameters></tt:{kind}>"
)
SPACE = "http://www.onvif.org/ver10/tptz/{kind}"
RANGE = "<tt:{axis}><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:{axis}>"
PROFILE = (
    '<trt:Profiles token="profile_{n}" fixed="true"><tt:Name>Main stream &amp; events {n}</tt:Name>'
    '<tt:VideoSourceConfiguration token="vsc_{n}"><tt:Name>Lens {n}</tt:Name><tt:UseCount>3</tt:UseCount>'
    '<tt:SourceToken>vs_0</tt:SourceToken><tt:Bounds x="0" y="0" width="1920" height="1080"/>'
    "</tt:VideoSourceConfiguration>"
    '<tt:AudioSourceConfiguration token="asc_{n}"><tt:Name>Microphone</tt:Name><tt:UseCount>3</tt:UseCount>'
    "<tt:SourceToken>as_0</tt:SourceToken></tt:AudioSourceConfiguration>"
    '<tt:VideoEncoderConfiguration token="vec_{n}"><tt:Name>Encoder {n}</tt:Name><tt:UseCount>1</tt:UseCount>'
    "<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>1920</tt:Width><tt:Height>1080</tt:Height>"
    "</tt:Resolution><tt:Quality>4.5</tt:Quality><tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit>"
    "<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl>"
    "<tt:H264><tt:GovLength>50</tt:GovLength><tt:H264Profile>High</tt:H264Profile></tt:H264>"
    "{video_multicast}</tt:VideoEncoderConfiguration>"
    '<tt:AudioEncoderConfiguration token="aec_{n}"><tt:Name>Audio {n}</tt:Name><tt:UseCount>3</tt:UseCount>'
    "<tt:Encoding>AAC</tt:Encoding><tt:Bitrate>64</tt:Bitrate><tt:SampleRate>16</tt:SampleRate>"
    "{audio_multicast}</tt:AudioEncoderConfiguration>"
    '<tt:VideoAnalyticsConfiguration token="vac_{n}"><tt:Name>Analytics</tt:Name><tt:UseCount>2</tt:UseCount>'
    "<tt:AnalyticsEngineConfiguration>{modules}</tt:AnalyticsEngineConfiguration>"
    "<tt:RuleEngineConfiguration>{rules}</tt:RuleEngineConfiguration></tt:VideoAnalyticsConfiguration>"
    '<tt:PTZConfiguration token="ptz_{n}"><tt:Name>Head</tt:Name><tt:UseCount>3</tt:UseCount>'
    "<tt:NodeToken>node_0</tt:NodeToken>"
    "<tt:DefaultAbsolutePantTiltPositionSpace>{position}</tt:DefaultAbsolutePantTiltPositionSpace>"
    '<tt:DefaultPTZSpeed><tt:PanTilt x="0.5" y="0.5" space="{speed}"/><tt:Zoom x="0.5"/></tt:DefaultPTZSpeed>'
    "<tt:DefaultPTZTimeout>PT5S</tt:DefaultPTZTimeout>"
    "<tt:PanTiltLimits><tt:Range><tt:URI>{position}</tt:URI>{x_range}{y_range}</tt:Range></tt:PanTiltLimits>"
    "<tt:ZoomLimits><tt:Range><tt:URI>{zoom}</tt:URI>{x_range}</tt:Range></tt:ZoomLimits></tt:PTZConfiguration>"
    '<tt:MetadataConfiguration token="mdc_{n}"><tt:Name>Metadata</tt:Name><tt:UseCount>3</tt:UseCount>'
    "<tt:PTZStatus><tt:Status>true</tt:Status><tt:Position>false</tt:Position></tt:PTZStatus>"
    "<tt:Analytics>true</tt:Analytics>{metadata_multicast}</tt:MetadataConfiguration></trt:Profiles>"
)


def profile(number: int) -> str:
    """One profile with every kind of configuration."""
    return PROFILE.format(
        n=number,
        video_multicast=MULTICAST.format(n=number + 1, port=40000 + number * 6),
        audio_multicast=MULTICAST.format(n=number + 1, port=40002 + number * 6),
        metadata_multicast=MULTICAST.format(n=number + 1, port=40004 + number * 6),
        modules="".join(MODULE.format(kind="AnalyticsModule", module=each) for each in range(1, 3)),
        rules="".join(MODULE.format(kind="Rule", module=each) for each in range(3, 4)),
        position=SPACE.format(kind="PanTiltSpaces/PositionGenericSpace"),
        zoom=SPACE.format(kind="ZoomSpaces/PositionGenericSpace"),
        speed=SPACE.format(kind="PanTiltSpaces/GenericSpeedSpace"),
        x_range=RANGE.format(axis="XRange"),
        y_range=RANGE.format(axis="YRange"),
    )


def document() -> bytes:
    """The whole envelope."""
    return ENVELOPE.format(profiles="".join(profile(number) for number in range(PROFILES))).encode()
