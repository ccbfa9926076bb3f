"""Events of recordings, receivers and resources."""

from vedette.contract.topics.topic import Item, Topic

RECORDING_CONFIG_JOB_STATE = Topic(
    "tns1:RecordingConfig/JobState",
    is_property=True,
    source=(Item("RecordingJobToken", "tt:RecordingJobReference"),),
    data=(
        Item("State", "xs:string"),
        Item("Information", "tt:RecordingJobStateInformation", is_element=True, is_optional=True),
    ),
    clause="Recording Control, Recording job state changes (26.06 §5.29.1)",
    iec="IEC 62676-2-32 5.25.2",
)
RECORDING_CONFIG_RECORDING_CONFIGURATION = Topic(
    "tns1:RecordingConfig/RecordingConfiguration",
    source=(Item("RecordingToken", "tt:RecordingReference"),),
    data=(Item("Configuration", "tt:RecordingConfiguration", is_element=True),),
    clause="Recording Control, Configuration changes (26.06 §5.29.2)",
    iec="IEC 62676-2-32 5.25.3",
)
RECORDING_CONFIG_TRACK_CONFIGURATION = Topic(
    "tns1:RecordingConfig/TrackConfiguration",
    source=(Item("RecordingToken", "tt:RecordingReference"), Item("TrackToken", "tt:TrackReference")),
    data=(Item("Configuration", "tt:TrackConfiguration", is_element=True),),
    clause="Recording Control, Configuration changes (26.06 §5.29.2)",
    iec="IEC 62676-2-32 5.25.3",
)
RECORDING_CONFIG_RECORDING_JOB_CONFIGURATION = Topic(
    "tns1:RecordingConfig/RecordingJobConfiguration",
    source=(Item("RecordingJobToken", "tt:RecordingJobReference"),),
    data=(Item("Configuration", "tt:RecordingJobConfiguration", is_element=True),),
    clause="Recording Control, Configuration changes (26.06 §5.29.2)",
    iec="IEC 62676-2-32 5.25.3",
)
RECORDING_CONFIG_DELETE_TRACK_DATA = Topic(
    "tns1:RecordingConfig/DeleteTrackData",
    source=(Item("RecordingToken", "tt:RecordingReference"), Item("TrackToken", "tt:TrackReference")),
    data=(Item("StartTime", "xs:dateTime"), Item("EndTime", "xs:dateTime")),
    clause="Recording Control, Data deletion (26.06 §5.29.3)",
    iec="IEC 62676-2-32 5.25.4",
)
RECORDING_CONFIG_CREATE_RECORDING = Topic(
    "tns1:RecordingConfig/CreateRecording",
    source=(Item("RecordingToken", "tt:RecordingReference"),),
    clause="Recording Control, Recording and track creation and deletion (26.06 §5.29.4)",
    iec="IEC 62676-2-32 5.25.5",
)
RECORDING_CONFIG_DELETE_RECORDING = Topic(
    "tns1:RecordingConfig/DeleteRecording",
    source=(Item("RecordingToken", "tt:RecordingReference"),),
    clause="Recording Control, Recording and track creation and deletion (26.06 §5.29.4)",
    iec="IEC 62676-2-32 5.25.5",
)
RECORDING_CONFIG_CREATE_TRACK = Topic(
    "tns1:RecordingConfig/CreateTrack",
    source=(Item("RecordingToken", "tt:RecordingReference"), Item("TrackToken", "tt:TrackReference")),
    clause="Recording Control, Recording and track creation and deletion (26.06 §5.29.4)",
    iec="IEC 62676-2-32 5.25.5",
)
RECORDING_CONFIG_DELETE_TRACK = Topic(
    "tns1:RecordingConfig/DeleteTrack",
    source=(Item("RecordingToken", "tt:RecordingReference"), Item("TrackToken", "tt:TrackReference")),
    clause="Recording Control, Recording and track creation and deletion (26.06 §5.29.4)",
    iec="IEC 62676-2-32 5.25.5",
)
RECORDING_HISTORY_RECORDING_STATE = Topic(
    "tns1:RecordingHistory/Recording/State",
    is_property=True,
    source=(Item("RecordingToken", "tt:ReferenceToken"),),
    data=(Item("IsRecording", "xs:boolean"),),
    clause="Recording Search, Recording Event Descriptions (26.06 §5.21)",
    iec="IEC 62676-2-32 6.17",
)
RECORDING_HISTORY_TRACK_STATE = Topic(
    "tns1:RecordingHistory/Track/State",
    is_property=True,
    source=(Item("RecordingToken", "tt:ReferenceToken"), Item("Track", "tt:ReferenceToken")),
    data=(Item("IsDataPresent", "xs:boolean"),),
    clause="Recording Search, Recording Event Descriptions (26.06 §5.21)",
    iec="IEC 62676-2-32 6.17",
)
RECORDING_HISTORY_TRACK_VIDEO_PARAMETERS = Topic(
    "tns1:RecordingHistory/Track/VideoParameters",
    is_property=True,
    source=(Item("Recording", "tt:ReferenceToken"), Item("Track", "tt:ReferenceToken")),
    data=(
        Item("VideoEncoding", "tt:VideoEncoding"),
        Item("VideoWidth", "xs:int"),
        Item("VideoHeight", "xs:int"),
        Item("VideoRateControl", "tt:VideoRateControl", is_element=True),
    ),
    clause="Recording Search, Recording Event Descriptions (26.06 §5.21)",
    iec="IEC 62676-2-32 6.17",
)
RECORDING_HISTORY_TRACK_AUDIO_PARAMETERS = Topic(
    "tns1:RecordingHistory/Track/AudioParameters",
    is_property=True,
    source=(Item("Recording", "tt:ReferenceToken"), Item("Track", "tt:ReferenceToken")),
    data=(
        Item("AudioEncoding", "tt:AudioEncoding"),
        Item("AudioSampleRate", "xs:int"),
        Item("AudioBitrate", "xs:int"),
    ),
    clause="Recording Search, Recording Event Descriptions (26.06 §5.21)",
    iec="IEC 62676-2-32 6.17",
)
RECEIVER_CHANGE_STATE = Topic(
    "tns1:Receiver/ChangeState",
    source=(Item("ReceiverToken", "tt:ReferenceToken"),),
    data=(Item("NewState", "tt:ReceiverState"), Item("MediaUri", "tt:MediaUri", is_optional=True)),
    clause="Receiver, ChangeState (26.06 §5.6.1)",
    iec="IEC 62676-2-32 10.7.2",
)
RECEIVER_CONNECTION_FAILED = Topic(
    "tns1:Receiver/ConnectionFailed",
    source=(Item("ReceiverToken", "tt:ReferenceToken"),),
    data=(Item("MediaUri", "tt:MediaUri"),),
    clause="Receiver, Connection Failed (26.06 §5.6.2)",
    iec="IEC 62676-2-32 10.7.3",
)
RESOURCE_VIDEO_SOURCE_CONFIGURATION = Topic(
    "tns1:Resource/VideoSourceConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_AUDIO_SOURCE_CONFIGURATION = Topic(
    "tns1:Resource/AudioSourceConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_VIDEO_ENCODER_CONFIGURATION = Topic(
    "tns1:Resource/VideoEncoderConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_AUDIO_ENCODER_CONFIGURATION = Topic(
    "tns1:Resource/AudioEncoderConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_AUDIO_OUTPUT_CONFIGURATION = Topic(
    "tns1:Resource/AudioOutputConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_AUDIO_DECODER_CONFIGURATION = Topic(
    "tns1:Resource/AudioDecoderConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_METADATA_CONFIGURATION = Topic(
    "tns1:Resource/MetadataConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_ANALYTICS_CONFIGURATION = Topic(
    "tns1:Resource/AnalyticsConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_PTZ_CONFIGURATION = Topic(
    "tns1:Resource/PTZConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_OSD_CONFIGURATION = Topic(
    "tns1:Resource/OSDConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_MASK_CONFIGURATION = Topic(
    "tns1:Resource/MaskConfiguration",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)
RESOURCE_MEDIA_PROFILE = Topic(
    "tns1:Resource/MediaProfile",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(
        Item("Name", "xs:string", is_optional=True),
        Item("Location", "tt:GeoLocation", is_element=True, is_optional=True),
        Item("Scope", "xs:string", is_optional=True, is_repeated=True),
        Item("Offline", "xs:boolean", is_optional=True),
    ),
    clause="Resource Query, Resource Event (26.06 §6.2)",
    iec="IEC 62676-2-33 7.2",
)

RECORDING: tuple[Topic, ...] = (
    RECORDING_CONFIG_JOB_STATE,
    RECORDING_CONFIG_RECORDING_CONFIGURATION,
    RECORDING_CONFIG_TRACK_CONFIGURATION,
    RECORDING_CONFIG_RECORDING_JOB_CONFIGURATION,
    RECORDING_CONFIG_DELETE_TRACK_DATA,
    RECORDING_CONFIG_CREATE_RECORDING,
    RECORDING_CONFIG_DELETE_RECORDING,
    RECORDING_CONFIG_CREATE_TRACK,
    RECORDING_CONFIG_DELETE_TRACK,
    RECORDING_HISTORY_RECORDING_STATE,
    RECORDING_HISTORY_TRACK_STATE,
    RECORDING_HISTORY_TRACK_VIDEO_PARAMETERS,
    RECORDING_HISTORY_TRACK_AUDIO_PARAMETERS,
    RECEIVER_CHANGE_STATE,
    RECEIVER_CONNECTION_FAILED,
    RESOURCE_VIDEO_SOURCE_CONFIGURATION,
    RESOURCE_AUDIO_SOURCE_CONFIGURATION,
    RESOURCE_VIDEO_ENCODER_CONFIGURATION,
    RESOURCE_AUDIO_ENCODER_CONFIGURATION,
    RESOURCE_AUDIO_OUTPUT_CONFIGURATION,
    RESOURCE_AUDIO_DECODER_CONFIGURATION,
    RESOURCE_METADATA_CONFIGURATION,
    RESOURCE_ANALYTICS_CONFIGURATION,
    RESOURCE_PTZ_CONFIGURATION,
    RESOURCE_OSD_CONFIGURATION,
    RESOURCE_MASK_CONFIGURATION,
    RESOURCE_MEDIA_PROFILE,
)
