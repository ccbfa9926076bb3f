"""Events of media, PTZ and video sources."""

from vedette.contract.topics.topic import Item, Topic

CONFIGURATION_PROFILE = Topic(
    "tns1:Configuration/Profile",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:Profile", is_element=True),),
    clause="Media, Profile (26.06 §5.22.1.1)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_VIDEO_ENCODER_CONFIGURATION = Topic(
    "tns1:Configuration/VideoEncoderConfiguration",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:VideoEncoderConfiguration", is_element=True),),
    clause="Media, VideoEncoderConfiguration (26.06 §5.22.1.2)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_VIDEO_SOURCE_CONFIGURATION_MEDIA_SERVICE = Topic(
    "tns1:Configuration/VideoSourceConfiguration/MediaService",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:VideoSourceConfiguration", is_element=True),),
    clause="Media, VideoSourceConfiguration (26.06 §5.22.1.3)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_VIDEO_OUTPUT_CONFIGURATION_MEDIA_SERVICE = Topic(
    "tns1:Configuration/VideoOutputConfiguration/MediaService",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:VideoOutputConfiguration", is_element=True),),
    clause="Media, VideoOutputConfiguration (26.06 §5.22.1.4)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_AUDIO_ENCODER_CONFIGURATION = Topic(
    "tns1:Configuration/AudioEncoderConfiguration",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:AudioEncoderConfiguration", is_element=True),),
    clause="Media, AudioEncoderConfiguration (26.06 §5.22.1.5)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_AUDIO_SOURCE_CONFIGURATION_MEDIA_SERVICE = Topic(
    "tns1:Configuration/AudioSourceConfiguration/MediaService",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:AudioSourceConfiguration", is_element=True),),
    clause="Media, AudioSourceConfiguration (26.06 §5.22.1.6)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_AUDIO_OUTPUT_CONFIGURATION_MEDIA_SERVICE = Topic(
    "tns1:Configuration/AudioOutputConfiguration/MediaService",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:AudioOutputConfiguration", is_element=True),),
    clause="Media, AudioOutputConfiguration (26.06 §5.22.1.7)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_METADATA_CONFIGURATION = Topic(
    "tns1:Configuration/MetadataConfiguration",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:MetadataConfiguration", is_element=True),),
    clause="Media, MetadataConfiguration (26.06 §5.22.1.8)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_PTZ_CONFIGURATION = Topic(
    "tns1:Configuration/PTZConfiguration",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:PTZConfiguration", is_element=True),),
    clause="Media, PTZ Configuration (26.06 §5.22.1.9)",
    iec="IEC 62676-2-31 6.14; F.3",
)
CONFIGURATION_VIDEO_ANALYTICS_CONFIGURATION = Topic(
    "tns1:Configuration/VideoAnalyticsConfiguration",
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Configuration", "tt:VideoAnalyticsConfiguration", is_element=True),),
    clause="Media, VideoAnalyticsConfiguration (26.06 §5.22.1.10)",
    iec="IEC 62676-2-31 6.14; F.3",
)
MEDIA_PROFILE_CHANGED = Topic(
    "tns1:Media/ProfileChanged",
    source=(Item("Token", "tt:ReferenceToken"),),
    clause="Media2, Profile Change (26.06 §5.15.1)",
    iec="IEC 62676-2-31 6.13.1",
)
MEDIA_CONFIGURATION_CHANGED = Topic(
    "tns1:Media/ConfigurationChanged",
    source=(Item("Token", "tt:ReferenceToken"), Item("Type", "xs:string")),
    clause="Media2, Configuration Change (26.06 §5.15.2)",
    iec="IEC 62676-2-31 6.13.2",
)
MEDIA_AUDIO_CLIP_STATE = Topic(
    "tns1:Media/AudioClip/State",
    is_property=True,
    source=(Item("AudioOutputToken", "tt:ReferenceToken"),),
    data=(
        Item("Token", "tt:ReferenceToken"),
        Item("ClipName", "xs:string"),
        Item("Playing", "xs:boolean"),
        Item("Reason", "xs:string", is_optional=True),
    ),
    clause="Media2, Audio Clip State (26.06 §5.15.5)",
)
MEDIA_MULTICAST_AUDIO_DECODER_STATE = Topic(
    "tns1:Media/MulticastAudioDecoder/State",
    is_property=True,
    source=(Item("AudioOutputToken", "tt:ReferenceToken"),),
    data=(Item("Active", "xs:boolean"), Item("ConfigurationToken", "tt:ReferenceToken")),
    clause="Media2, MulticastAudioDecoder State (26.06 §5.15.6)",
)
PTZ_CONTROLLER_PTZ_PRESET_TOURS_CONFIGURATION = Topic(
    "tns1:PTZController/PTZPresetTours/Configuration",
    is_property=True,
    source=(Item("ProfileToken", "tt:ReferenceToken"), Item("PresetTourToken", "tt:ReferenceToken")),
    data=(Item("StateChange", "xs:boolean"), Item("PresetTour", "tt:PTZPresetTour", is_element=True)),
    clause="PTZ, PresetTours (26.06 §5.11.2)",
    iec="IEC 62676-2-31 8.12.3",
)
VIDEO_SOURCE_GLOBAL_SCENE_CHANGE_ANALYTICS_SERVICE = Topic(
    "tns1:VideoSource/GlobalSceneChange/AnalyticsService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, GlobalSceneChange (26.06 §5.5.1.4)",
)
VIDEO_SOURCE_IMAGE_TOO_DARK_ANALYTICS_SERVICE = Topic(
    "tns1:VideoSource/ImageTooDark/AnalyticsService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooDark (26.06 §5.5.1.2)",
)
VIDEO_SOURCE_IMAGE_TOO_BLURRY_ANALYTICS_SERVICE = Topic(
    "tns1:VideoSource/ImageTooBlurry/AnalyticsService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooBlurry (26.06 §5.5.1.1)",
)
VIDEO_SOURCE_IMAGE_TOO_BRIGHT_ANALYTICS_SERVICE = Topic(
    "tns1:VideoSource/ImageTooBright/AnalyticsService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooBright (26.06 §5.5.1.3)",
)
VIDEO_SOURCE_SIGNAL_LOSS = Topic(
    "tns1:VideoSource/SignalLoss",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, SignalLoss (26.06 §5.5.1.5)",
)
VIDEO_SOURCE_RADIOMETRY_ALARM = Topic(
    "tns1:VideoSource/RadiometryAlarm",
    is_property=True,
    source=(Item("VideoSource", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Thermal, Radiometry Alarms (26.06 §5.2.1)",
)
VIDEO_DECODER_DECODING_ERROR = Topic(
    "tns1:VideoDecoder/DecodingError",
    source=(Item("VideoOutputToken", "tt:ReferenceToken"),),
    data=(Item("PaneReference", "tt:ReferenceToken"), Item("Error", "xs:string", is_optional=True)),
    clause="Display, Decoding error event (26.06 §5.4.1)",
)
VIDEO_OUTPUT_LAYOUT_LAYOUT_CHANGED = Topic(
    "tns1:VideoOutput/Layout/LayoutChanged",
    source=(Item("VideoOutputToken", "tt:ReferenceToken"),),
    clause="Display, Layout changed event (26.06 §5.4.2)",
)
CONFIGURATION_AUTHENTICATION_PROFILE_CHANGED = Topic(
    "tns1:Configuration/AuthenticationProfile/Changed",
    source=(Item("AuthenticationProfileToken", "pt:ReferenceToken"),),
    clause="Authentication Behavior, Authentication profile (26.06 §6.3.2)",
)
CONFIGURATION_AUTHENTICATION_PROFILE_REMOVED = Topic(
    "tns1:Configuration/AuthenticationProfile/Removed",
    source=(Item("AuthenticationProfileToken", "pt:ReferenceToken"),),
    clause="Authentication Behavior, Authentication profile (26.06 §6.3.2)",
)
CONFIGURATION_SECURITY_LEVEL_CHANGED = Topic(
    "tns1:Configuration/SecurityLevel/Changed",
    source=(Item("SecurityLevelToken", "pt:ReferenceToken"),),
    clause="Authentication Behavior, Security level (26.06 §6.3.3)",
)
CONFIGURATION_SECURITY_LEVEL_REMOVED = Topic(
    "tns1:Configuration/SecurityLevel/Removed",
    source=(Item("SecurityLevelToken", "pt:ReferenceToken"),),
    clause="Authentication Behavior, Security level (26.06 §6.3.3)",
)
PTZ_CONTROLLER_PTZ_PRESETS_INVOKED = Topic(
    "tns1:PTZController/PTZPresets/Invoked",
    source=(Item("PTZConfigurationToken", "tt:ReferenceToken"),),
    data=(Item("PresetToken", "tt:ReferenceToken"), Item("PresetName", "tt:Name")),
    clause="PTZ, PTZ Presets (26.06 §5.11.1)",
    iec="IEC 62676-2-31 8.12.2",
)
PTZ_CONTROLLER_PTZ_PRESETS_REACHED = Topic(
    "tns1:PTZController/PTZPresets/Reached",
    source=(Item("PTZConfigurationToken", "tt:ReferenceToken"),),
    data=(Item("PresetToken", "tt:ReferenceToken"), Item("PresetName", "tt:Name")),
    clause="PTZ, PTZ Presets (26.06 §5.11.1)",
    iec="IEC 62676-2-31 8.12.2",
)
PTZ_CONTROLLER_PTZ_PRESETS_ABORTED = Topic(
    "tns1:PTZController/PTZPresets/Aborted",
    source=(Item("PTZConfigurationToken", "tt:ReferenceToken"),),
    data=(Item("PresetToken", "tt:ReferenceToken"), Item("PresetName", "tt:Name")),
    clause="PTZ, PTZ Presets (26.06 §5.11.1)",
    iec="IEC 62676-2-31 8.12.2",
)
PTZ_CONTROLLER_PTZ_PRESETS_LEFT = Topic(
    "tns1:PTZController/PTZPresets/Left",
    source=(Item("PTZConfigurationToken", "tt:ReferenceToken"),),
    data=(Item("PresetToken", "tt:ReferenceToken"), Item("PresetName", "tt:Name")),
    clause="PTZ, PTZ Presets (26.06 §5.11.1)",
    iec="IEC 62676-2-31 8.12.2",
)
VIDEO_SOURCE_IMAGE_TOO_BLURRY_IMAGING_SERVICE = Topic(
    "tns1:VideoSource/ImageTooBlurry/ImagingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooBlurry (26.06 §5.5.1.1)",
)
VIDEO_SOURCE_IMAGE_TOO_BLURRY_RECORDING_SERVICE = Topic(
    "tns1:VideoSource/ImageTooBlurry/RecordingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooBlurry (26.06 §5.5.1.1)",
)
VIDEO_SOURCE_IMAGE_TOO_DARK_IMAGING_SERVICE = Topic(
    "tns1:VideoSource/ImageTooDark/ImagingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooDark (26.06 §5.5.1.2)",
)
VIDEO_SOURCE_IMAGE_TOO_DARK_RECORDING_SERVICE = Topic(
    "tns1:VideoSource/ImageTooDark/RecordingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooDark (26.06 §5.5.1.2)",
)
VIDEO_SOURCE_IMAGE_TOO_BRIGHT_IMAGING_SERVICE = Topic(
    "tns1:VideoSource/ImageTooBright/ImagingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooBright (26.06 §5.5.1.3)",
)
VIDEO_SOURCE_IMAGE_TOO_BRIGHT_RECORDING_SERVICE = Topic(
    "tns1:VideoSource/ImageTooBright/RecordingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, ImageTooBright (26.06 §5.5.1.3)",
)
VIDEO_SOURCE_GLOBAL_SCENE_CHANGE_IMAGING_SERVICE = Topic(
    "tns1:VideoSource/GlobalSceneChange/ImagingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, GlobalSceneChange (26.06 §5.5.1.4)",
)
VIDEO_SOURCE_GLOBAL_SCENE_CHANGE_RECORDING_SERVICE = Topic(
    "tns1:VideoSource/GlobalSceneChange/RecordingService",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, GlobalSceneChange (26.06 §5.5.1.4)",
)
VIDEO_SOURCE_MOTION_ALARM = Topic(
    "tns1:VideoSource/MotionAlarm",
    is_property=True,
    source=(Item("Source", "tt:ReferenceToken"),),
    data=(Item("State", "xs:boolean"),),
    clause="Imaging, MotionAlarm (26.06 §5.5.2)",
)

MEDIA: tuple[Topic, ...] = (
    CONFIGURATION_PROFILE,
    CONFIGURATION_VIDEO_ENCODER_CONFIGURATION,
    CONFIGURATION_VIDEO_SOURCE_CONFIGURATION_MEDIA_SERVICE,
    CONFIGURATION_VIDEO_OUTPUT_CONFIGURATION_MEDIA_SERVICE,
    CONFIGURATION_AUDIO_ENCODER_CONFIGURATION,
    CONFIGURATION_AUDIO_SOURCE_CONFIGURATION_MEDIA_SERVICE,
    CONFIGURATION_AUDIO_OUTPUT_CONFIGURATION_MEDIA_SERVICE,
    CONFIGURATION_METADATA_CONFIGURATION,
    CONFIGURATION_PTZ_CONFIGURATION,
    CONFIGURATION_VIDEO_ANALYTICS_CONFIGURATION,
    MEDIA_PROFILE_CHANGED,
    MEDIA_CONFIGURATION_CHANGED,
    MEDIA_AUDIO_CLIP_STATE,
    MEDIA_MULTICAST_AUDIO_DECODER_STATE,
    PTZ_CONTROLLER_PTZ_PRESET_TOURS_CONFIGURATION,
    VIDEO_SOURCE_GLOBAL_SCENE_CHANGE_ANALYTICS_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_DARK_ANALYTICS_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_BLURRY_ANALYTICS_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_BRIGHT_ANALYTICS_SERVICE,
    VIDEO_SOURCE_SIGNAL_LOSS,
    VIDEO_SOURCE_RADIOMETRY_ALARM,
    VIDEO_DECODER_DECODING_ERROR,
    VIDEO_OUTPUT_LAYOUT_LAYOUT_CHANGED,
    CONFIGURATION_AUTHENTICATION_PROFILE_CHANGED,
    CONFIGURATION_AUTHENTICATION_PROFILE_REMOVED,
    CONFIGURATION_SECURITY_LEVEL_CHANGED,
    CONFIGURATION_SECURITY_LEVEL_REMOVED,
    PTZ_CONTROLLER_PTZ_PRESETS_INVOKED,
    PTZ_CONTROLLER_PTZ_PRESETS_REACHED,
    PTZ_CONTROLLER_PTZ_PRESETS_ABORTED,
    PTZ_CONTROLLER_PTZ_PRESETS_LEFT,
    VIDEO_SOURCE_IMAGE_TOO_BLURRY_IMAGING_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_BLURRY_RECORDING_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_DARK_IMAGING_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_DARK_RECORDING_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_BRIGHT_IMAGING_SERVICE,
    VIDEO_SOURCE_IMAGE_TOO_BRIGHT_RECORDING_SERVICE,
    VIDEO_SOURCE_GLOBAL_SCENE_CHANGE_IMAGING_SERVICE,
    VIDEO_SOURCE_GLOBAL_SCENE_CHANGE_RECORDING_SERVICE,
    VIDEO_SOURCE_MOTION_ALARM,
)
