"""Events of analytics: rules, recognition, radiometry, sound."""

from vedette.contract.topics.topic import Item, Topic

AUDIO_ANALYTICS_AUDIO_DETECTED_SOUND = Topic(
    "tns1:AudioAnalytics/Audio/DetectedSound",
    source=(
        Item("AudioSourceConfigurationToken", "tt:ReferenceToken"),
        Item("AudioAnalyticsConfigurationToken", "tt:ReferenceToken"),
        Item("Rule", "xs:string", is_optional=True),
    ),
    data=(
        Item("isSoundDetected", "xs:boolean"),
        Item("UTCTime", "xs:dateTime"),
        Item("AudioClassifications", "tt:AudioClassDescriptor", is_element=True),
    ),
    clause="Analytics, Audio Detected (deprecated) (26.06 §6.5.1)",
    iec="IEC 62676-2-31 9.7",
)
RULE_ENGINE_LINE_DETECTOR_CROSSED = Topic(
    "tns1:RuleEngine/LineDetector/Crossed",
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(
        Item("ObjectId", "tt:StringList", is_optional=True),
        Item("ClassTypes", "tt:StringList", is_optional=True),
        Item("Object", "tt:Object", is_element=True, is_optional=True, is_repeated=True),
    ),
    clause="Analytics, Line Detector (26.06 Annex A.2)",
    iec="IEC 62676-2-31 Annex C.2",
)
RULE_ENGINE_FIELD_DETECTOR_OBJECTS_INSIDE = Topic(
    "tns1:RuleEngine/FieldDetector/ObjectsInside",
    is_property=True,
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(
        Item("ObjectId", "tt:StringList", is_optional=True),
        Item("ClassTypes", "tt:StringList", is_optional=True),
        Item("Object", "tt:Object", is_element=True, is_optional=True, is_repeated=True),
        Item("IsInside", "xs:boolean"),
    ),
    clause="Analytics, Field Detector (26.06 Annex A.3)",
    iec="IEC 62676-2-31 Annex C.3",
)
RULE_ENGINE_LOITERING_DETECTOR_OBJECT_IS_LOITERING = Topic(
    "tns1:RuleEngine/LoiteringDetector/ObjectIsLoitering",
    is_property=True,
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(
        Item("ObjectId", "tt:StringList", is_optional=True),
        Item("ClassTypes", "tt:StringList", is_optional=True),
        Item("Object", "tt:Object", is_element=True, is_optional=True, is_repeated=True),
        Item("Since", "xs:dateTime"),
    ),
    clause="Analytics, Loitering Detector (26.06 Annex A.4)",
    iec="IEC 62676-2-31 Annex C.4",
)
RULE_ENGINE_COUNT_AGGREGATION_COUNTER = Topic(
    "tns1:RuleEngine/CountAggregation/Counter",
    is_property=True,
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(Item("Count", "xs:int"),),
    clause="Analytics, Line crossing counting rule (26.06 Annex A.5)",
    iec="IEC 62676-2-31 Annex C.6",
)
RULE_ENGINE_COUNT_AGGREGATION_OCCUPANCY_COUNTER = Topic(
    "tns1:RuleEngine/CountAggregation/OccupancyCounter",
    is_property=True,
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(Item("Count", "xs:int"),),
    clause="Analytics, Occupancy Counting rule (26.06 Annex A.6)",
)
RULE_ENGINE_OBJECT_DETECTION_OBJECT = Topic(
    "tns1:RuleEngine/ObjectDetection/Object",
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(Item("ClassTypes", "tt:StringList"),),
    clause="Analytics, Object Detection (26.06 Annex A.7)",
)
RULE_ENGINE_OBJECT_ABANDONED = Topic(
    "tns1:RuleEngine/ObjectAbandoned",
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(Item("ObjectId", "tt:StringList"),),
    clause="Analytics, Object Abandoned (26.06 Annex A.8)",
)
RULE_ENGINE_OBJECT_REMOVED = Topic(
    "tns1:RuleEngine/ObjectRemoved",
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(Item("ObjectId", "tt:StringList"),),
    clause="Analytics, Object Removed (26.06 Annex A.9)",
)
RULE_ENGINE_OBJECT_TRACK_AGGREGATION = Topic(
    "tns1:RuleEngine/ObjectTrack/Aggregation",
    source=(
        Item("VideoSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string"),
    ),
    data=(
        Item("AggregationStart", "xs:dateTime"),
        Item("Object", "tt:Object", is_element=True),
        Item("ObjectTrack", "tt:ObjectTrack", is_element=True, is_optional=True),
        Item("Final", "xs:boolean", is_optional=True),
    ),
    clause="Analytics, Object Track Aggregation (26.06 Annex A.10)",
)
RULE_ENGINE_CELL_MOTION_DETECTOR_MOTION = Topic(
    "tns1:RuleEngine/CellMotionDetector/Motion",
    is_property=True,
    source=(
        Item("VideoSourceConfigurationToken", "tt:ReferenceToken"),
        Item("VideoAnalyticsConfigurationToken", "tt:ReferenceToken"),
        Item("Rule", "xs:string"),
    ),
    data=(Item("IsMotion", "xs:boolean"),),
    clause="Analytics, Cell motion detector (26.06 Annex B.1)",
    iec="IEC 62676-2-31 Annex D.1",
)
RULE_ENGINE_MOTION_REGION_DETECTOR_MOTION = Topic(
    "tns1:RuleEngine/MotionRegionDetector/Motion",
    is_property=True,
    source=(Item("VideoSource", "tt:ReferenceToken"), Item("RuleName", "xs:string")),
    data=(Item("State", "xs:boolean"),),
    clause="Analytics, Motion region detector (26.06 Annex C.1)",
    iec="IEC 62676-2-31 Annex E",
)
VIDEO_ANALYTICS_RADIOMETRY_SPOT_TEMPERATURE_READING = Topic(
    "tns1:VideoAnalytics/Radiometry/SpotTemperatureReading",
    source=(
        Item("VideoSourceToken", "tt:ReferenceToken"),
        Item("VideoAnalyticsConfigurationToken", "tt:ReferenceToken"),
        Item("AnalyticsModuleName", "xs:string"),
    ),
    data=(Item("TimeStamp", "xs:dateTime"), Item("Reading", "ttr:SpotTemperatureReading", is_element=True)),
    clause="Analytics, Spot Measurement Module (26.06 Annex D.1.1)",
)
VIDEO_ANALYTICS_RADIOMETRY_BOX_TEMPERATURE_READING = Topic(
    "tns1:VideoAnalytics/Radiometry/BoxTemperatureReading",
    source=(
        Item("VideoSourceToken", "tt:ReferenceToken"),
        Item("VideoAnalyticsConfigurationToken", "tt:ReferenceToken"),
        Item("AnalyticsModuleName", "xs:string"),
    ),
    data=(Item("TimeStamp", "xs:dateTime"), Item("Reading", "ttr:BoxTemperatureReading", is_element=True)),
    clause="Analytics, Box Measurement Module (26.06 Annex D.1.2)",
)
VIDEO_ANALYTICS_RADIOMETRY_TEMPERATURE_READING = Topic(
    "tns1:VideoAnalytics/Radiometry/TemperatureReading",
    source=(Item("VideoSource", "tt:ReferenceToken"), Item("AnalyticsModuleName", "xs:string")),
    data=(
        Item("SpotReading", "xs:float"),
        Item("MinTemperature", "xs:float"),
        Item("MaxTemperature", "xs:float"),
        Item("AverageTemperature", "xs:float"),
        Item("MedianTemperature", "xs:float"),
    ),
    clause="Analytics, Temperature Measurement Module (26.06 Annex D.1.3)",
)
RULE_ENGINE_RADIOMETRY_TEMPERATURE_ALARM = Topic(
    "tns1:RuleEngine/Radiometry/TemperatureAlarm",
    is_property=True,
    source=(
        Item("VideoSourceToken", "tt:ReferenceToken"),
        Item("VideoAnalyticsConfigurationToken", "tt:ReferenceToken"),
        Item("RuleName", "xs:string"),
    ),
    key=(Item("RadiometryModuleID", "tt:ReferenceToken"),),
    data=(
        Item("AlarmActive", "xs:boolean"),
        Item("TimeStamp", "xs:dateTime"),
        Item("AlarmGeoLocation", "tt:GeoLocation", is_element=True, is_optional=True),
    ),
    clause="Analytics, RadiometryTemperatureRule (26.06 Annex D.2.1)",
)
RULE_ENGINE_RADIOMETRY_TEMPERATURE_MEASUREMENT_ALARM = Topic(
    "tns1:RuleEngine/Radiometry/TemperatureMeasurementAlarm",
    is_property=True,
    source=(Item("VideoSourceToken", "tt:ReferenceToken"), Item("RuleName", "xs:string")),
    data=(
        Item("AlarmActive", "xs:boolean"),
        Item("AlarmGeoLocation", "tt:GeoLocation", is_element=True, is_optional=True),
    ),
    clause="Analytics, TemperatureMeasurementRule (26.06 Annex D.2.2)",
)
RULE_ENGINE_RADIOMETRY_BODY_TEMPERATURE_ALARM = Topic(
    "tns1:RuleEngine/Radiometry/BodyTemperatureAlarm",
    source=(Item("VideoSource", "tt:ReferenceToken"), Item("RuleName", "xs:string")),
    data=(
        Item("State", "xs:boolean"),
        Item("ObjectId", "xs:integer", is_optional=True),
        Item("Temperature", "xs:float", is_optional=True),
        Item("ImageUri", "xs:anyURI", is_optional=True),
        Item("SceneImageUri", "xs:anyURI", is_optional=True),
        Item("Image", "xs:base64Binary", is_element=True, is_optional=True),
        Item("SceneImage", "xs:base64Binary", is_element=True, is_optional=True),
        Item("BoundingBox", "tt:Rectangle", is_element=True, is_optional=True),
    ),
    clause="Analytics, BodyTemperatureRule (26.06 Annex D.2.3)",
)
RULE_ENGINE_RECOGNITION_FACE = Topic(
    "tns1:RuleEngine/Recognition/Face",
    source=(Item("VideoSource", "tt:ReferenceToken"), Item("Rule", "xs:string")),
    data=(
        Item("Likelihood", "xs:float"),
        Item("ObjectId", "tt:ObjectId", is_element=True, is_optional=True),
        Item("ParentObjectId", "tt:ObjectId", is_element=True, is_optional=True),
        Item("Label", "xs:string", is_optional=True),
        Item("ImageUri", "xs:anyURI", is_optional=True),
        Item("EnrollmentID", "xs:string"),
        Item("RefImageUri", "xs:anyURI", is_optional=True),
        Item("Image", "xs:base64Binary", is_element=True, is_optional=True),
        Item("BoundingBox", "tt:Rectangle", is_element=True, is_optional=True),
    ),
    clause="Analytics, Face Recognition (26.06 Annex G.2)",
)
RULE_ENGINE_RECOGNITION_LICENSE_PLATE = Topic(
    "tns1:RuleEngine/Recognition/LicensePlate",
    source=(Item("VideoSource", "tt:ReferenceToken"), Item("Rule", "xs:string")),
    data=(
        Item("Likelihood", "xs:float"),
        Item("ObjectId", "tt:ObjectId", is_element=True, is_optional=True),
        Item("ParentObjectId", "tt:ObjectId", is_element=True, is_optional=True),
        Item("Label", "xs:string", is_optional=True),
        Item("ImageURI", "xs:anyURI", is_optional=True),
        Item("VehicleImageURI", "xs:anyURI", is_optional=True),
        Item("BoundingBox", "tt:Rectangle", is_element=True, is_optional=True),
        Item("Image", "xs:base64Binary", is_element=True, is_optional=True),
        Item("LicensePlateInfo", "tt:LicensePlateInfo", is_element=True),
        Item("VehicleInfo", "tt:VehicleInfo", is_element=True, is_optional=True),
        Item("VehicleImage", "xs:base64Binary", is_element=True, is_optional=True),
        Item("Speed", "xs:float", is_optional=True),
        Item("Direction", "tt:Direction", is_optional=True),
    ),
    clause="Analytics, License Plate Recognition (26.06 Annex G.3)",
)
RULE_ENGINE_AUDIO_DETECTOR_CLASS = Topic(
    "tns1:RuleEngine/AudioDetector/Class",
    source=(
        Item("AudioSource", "tt:ReferenceToken"),
        Item("AnalyticsConfiguration", "tt:ReferenceToken", is_optional=True),
        Item("Rule", "xs:string", is_optional=True),
    ),
    data=(
        Item("Class", "tt:StringList"),
        Item("Score", "tt:FloatList", is_optional=True),
        Item("Loudness", "xs:float", is_optional=True),
    ),
    clause="Analytics, Audio Classification (26.06 Annex H.1)",
)
RULE_ENGINE_DECLARATIVE_MOTION_DETECTOR_MOTION_MATCHED = Topic(
    "tns1:RuleEngine/DeclarativeMotionDetector/MotionMatched",
    is_property=True,
    source=(
        Item("VideoSourceConfigurationToken", "tt:ReferenceToken"),
        Item("VideoAnalyticsConfigurationToken", "tt:ReferenceToken"),
        Item("Rule", "xs:string"),
    ),
    key=(Item("ObjectId", "xs:integer"),),
    data=(Item("TimeStamp", "xs:dateTime"),),
    clause="Analytics, Declarative motion detector (20.06 Annex A.4)",
    iec="IEC 62676-2-31 Annex C.5",
)
RULE_ENGINE_QUERY_RULE = Topic(
    "tns1:RuleEngine/QueryRule",
    source=(
        Item("VideoSourceConfigurationToken", "tt:ReferenceToken"),
        Item("VideoAnalyticsConfigurationToken", "tt:ReferenceToken"),
        Item("Rule", "xs:string"),
    ),
    data=(Item("Result", "xs:any", is_element=True),),
    clause="Analytics, Query rule (20.06 Annex A.8)",
    iec="IEC 62676-2-31 Annex C.7",
)

ANALYTICS: tuple[Topic, ...] = (
    AUDIO_ANALYTICS_AUDIO_DETECTED_SOUND,
    RULE_ENGINE_LINE_DETECTOR_CROSSED,
    RULE_ENGINE_FIELD_DETECTOR_OBJECTS_INSIDE,
    RULE_ENGINE_LOITERING_DETECTOR_OBJECT_IS_LOITERING,
    RULE_ENGINE_COUNT_AGGREGATION_COUNTER,
    RULE_ENGINE_COUNT_AGGREGATION_OCCUPANCY_COUNTER,
    RULE_ENGINE_OBJECT_DETECTION_OBJECT,
    RULE_ENGINE_OBJECT_ABANDONED,
    RULE_ENGINE_OBJECT_REMOVED,
    RULE_ENGINE_OBJECT_TRACK_AGGREGATION,
    RULE_ENGINE_CELL_MOTION_DETECTOR_MOTION,
    RULE_ENGINE_MOTION_REGION_DETECTOR_MOTION,
    VIDEO_ANALYTICS_RADIOMETRY_SPOT_TEMPERATURE_READING,
    VIDEO_ANALYTICS_RADIOMETRY_BOX_TEMPERATURE_READING,
    VIDEO_ANALYTICS_RADIOMETRY_TEMPERATURE_READING,
    RULE_ENGINE_RADIOMETRY_TEMPERATURE_ALARM,
    RULE_ENGINE_RADIOMETRY_TEMPERATURE_MEASUREMENT_ALARM,
    RULE_ENGINE_RADIOMETRY_BODY_TEMPERATURE_ALARM,
    RULE_ENGINE_RECOGNITION_FACE,
    RULE_ENGINE_RECOGNITION_LICENSE_PLATE,
    RULE_ENGINE_AUDIO_DETECTOR_CLASS,
    RULE_ENGINE_DECLARATIVE_MOTION_DETECTOR_MOTION_MATCHED,
    RULE_ENGINE_QUERY_RULE,
)
