"""Events of the device itself: monitoring, inputs, hardware, security."""

from vedette.contract.topics.topic import Item, Topic

DEVICE_SECURITY_POLICY_AUTH_FAILED = Topic(
    "tns1:Device/SecurityPolicy/AuthFailed",
    source=(Item("NetworkInterface", "tt:ReferenceToken"),),
    data=(
        Item("SourceIPv4", "tt:IPv4Address", is_optional=True),
        Item("SourceIPv6", "tt:IPv6Address", is_optional=True),
    ),
    clause="Core, Security Policies (26.06 §8.5)",
)
MONITORING_PROCESSOR_USAGE = Topic(
    "tns1:Monitoring/ProcessorUsage",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Value", "xs:float"),),
    clause="Core, Processor Usage (26.06 §8.9.1)",
    iec="IEC 60839-11-31 8.7.1",
)
MONITORING_LINK_STATUS = Topic(
    "tns1:Monitoring/LinkStatus",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Link", "tt:NetworkInterfaceConnectionSetting", is_element=True),),
    clause="Core, Link Status (26.06 §8.9.2)",
    iec="IEC 60839-11-31 8.7.2",
)
MONITORING_UPLOAD_STATUS = Topic(
    "tns1:Monitoring/UploadStatus",
    is_property=True,
    data=(Item("Status", "xs:float"),),
    clause="Core, Upload Status (26.06 §8.9.3)",
    iec="IEC 60839-11-31 8.7.3",
)
MONITORING_OPERATING_TIME_DEFINED_LIMIT_REACHED = Topic(
    "tns1:Monitoring/OperatingTime/DefinedLimitReached",
    is_property=True,
    data=(Item("Status", "xs:boolean"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_OPERATING_TIME_MEAN_TIME_BETWEEN_FAILURES_DEFAULT_LIMIT_REACHED = Topic(
    "tns1:Monitoring/OperatingTime/MeanTimeBetweenFailuresDefaultLimitReached",
    is_property=True,
    data=(Item("Status", "xs:boolean"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_OPERATING_TIME_MEAN_TIME_BETWEEN_FAILURES_OPERATION_LIMIT_REACHED = Topic(
    "tns1:Monitoring/OperatingTime/MeanTimeBetweenFailuresOperationLimitReached",
    is_property=True,
    data=(Item("Status", "xs:boolean"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_OPERATING_TIME_LAST_RESET = Topic(
    "tns1:Monitoring/OperatingTime/LastReset",
    is_property=True,
    data=(Item("Status", "xs:dateTime"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_OPERATING_TIME_LAST_REBOOT = Topic(
    "tns1:Monitoring/OperatingTime/LastReboot",
    is_property=True,
    data=(Item("Status", "xs:dateTime"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_OPERATING_TIME_LAST_CLOCK_SYNCHRONIZATION = Topic(
    "tns1:Monitoring/OperatingTime/LastClockSynchronization",
    is_property=True,
    data=(Item("Status", "xs:dateTime"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_MAINTENANCE_LAST = Topic(
    "tns1:Monitoring/Maintenance/Last",
    is_property=True,
    data=(Item("Status", "xs:dateTime"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_MAINTENANCE_NEXT_SCHEDULED = Topic(
    "tns1:Monitoring/Maintenance/NextScheduled",
    is_property=True,
    data=(Item("Status", "xs:dateTime"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_BACKUP_LAST = Topic(
    "tns1:Monitoring/Backup/Last",
    is_property=True,
    data=(Item("Status", "xs:dateTime"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_AREA_OF_OPERATION_OUTSIDE_CERTIFIED_AREA = Topic(
    "tns1:Monitoring/AreaOfOperation/OutsideCertifiedArea",
    is_property=True,
    data=(Item("Status", "xs:boolean"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_AREA_OF_OPERATION_OUTSIDE_CONFIGURED_AREA = Topic(
    "tns1:Monitoring/AreaOfOperation/OutsideConfiguredArea",
    is_property=True,
    data=(Item("Status", "xs:boolean"),),
    clause="Core, Operating Time (26.06 §8.9.4)",
    iec="IEC 60839-11-31 8.7.4",
)
MONITORING_ENVIRONMENTAL_CONDITIONS_RELATIVE_HUMIDITY = Topic(
    "tns1:Monitoring/EnvironmentalConditions/RelativeHumidity",
    is_property=True,
    data=(Item("Status", "xs:float"),),
    clause="Core, Environmental Conditions (26.06 §8.9.5)",
    iec="IEC 60839-11-31 8.7.5",
)
MONITORING_ENVIRONMENTAL_CONDITIONS_TEMPERATURE = Topic(
    "tns1:Monitoring/EnvironmentalConditions/Temperature",
    is_property=True,
    data=(Item("Status", "xs:float"),),
    clause="Core, Environmental Conditions (26.06 §8.9.5)",
    iec="IEC 60839-11-31 8.7.5",
)
MONITORING_BATTERY_CAPACITY = Topic(
    "tns1:Monitoring/BatteryCapacity",
    is_property=True,
    data=(Item("PercentageRemainingCapacity", "xs:float"),),
    clause="Core, Battery capacity (26.06 §8.9.6)",
    iec="IEC 60839-11-31 8.7.6",
)
MONITORING_ASYNCHRONOUS_OPERATION_STATUS = Topic(
    "tns1:Monitoring/AsynchronousOperationStatus",
    is_property=True,
    source=(
        Item("Token", "tt:ReferenceToken"),
        Item("OperationName", "xs:string"),
        Item("ServiceName", "xs:string"),
    ),
    data=(
        Item("Progress", "xs:float"),
        Item("FileProgressStatus", "tt:ArrayOfFileProgress", is_element=True, is_optional=True),
        Item("Error", "env:Fault", is_element=True, is_optional=True),
        Item("Alias", "xs:string", is_optional=True),
    ),
    clause="Core, Asynchronous Operation Status (26.06 §8.9.7)",
)
MONITORING_WASHER_LIQUID_LOW = Topic(
    "tns1:Monitoring/Washer/LiquidLow",
    is_property=True,
    data=(Item("IsLow", "xs:boolean"),),
    clause="Core, Liquid level (26.06 §8.9.9)",
)
DEVICE_HARDWARE_FAILURE_FAN_FAILURE = Topic(
    "tns1:Device/HardwareFailure/FanFailure",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Failed", "xs:boolean"),),
    clause="Core, Mechanical failure (26.06 §8.9.10)",
)
DEVICE_HARDWARE_FAILURE_POWER_SUPPLY_FAILURE = Topic(
    "tns1:Device/HardwareFailure/PowerSupplyFailure",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Failed", "xs:boolean"),),
    clause="Core, Mechanical failure (26.06 §8.9.10)",
)
DEVICE_HARDWARE_FAILURE_STORAGE_FAILURE = Topic(
    "tns1:Device/HardwareFailure/StorageFailure",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Failed", "xs:boolean"),),
    clause="Core, Mechanical failure (26.06 §8.9.10)",
)
DEVICE_HARDWARE_FAILURE_TEMPERATURE_CRITICAL = Topic(
    "tns1:Device/HardwareFailure/TemperatureCritical",
    is_property=True,
    data=(Item("Critical", "xs:boolean"),),
    clause="Core, Mechanical failure (26.06 §8.9.10)",
)
MONITORING_GEO_LOCATION = Topic(
    "tns1:Monitoring/GeoLocation",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("CurrentLocation", "tt:GeoLocation", is_element=True),),
    clause="Core, Geo Location (26.06 §8.9.11)",
)
MONITORING_CLOUD_FIRMWARE_UPGRADE_COMPLETED = Topic(
    "tns1:Monitoring/CloudFirmwareUpgrade/Completed",
    is_property=True,
    source=(Item("UUID", "xs:string"),),
    data=(Item("Success", "xs:boolean", is_element=True), Item("Information", "xs:string", is_element=True)),
    clause="Core, Cloud Firmware Upgrade (26.06 §8.9.12)",
)
DEVICE_SENSOR_TEMPERATURE_HIGH = Topic(
    "tns1:Device/Sensor/Temperature/High",
    source=(Item("SensorID", "xs:string"),),
    data=(Item("Value", "xs:float"), Item("Threshold", "xs:float")),
    clause="Core, Sensor Data Event Topics (26.06 §8.9.13)",
)
DEVICE_SENSOR_TEMPERATURE_LOW = Topic(
    "tns1:Device/Sensor/Temperature/Low",
    source=(Item("SensorID", "xs:string"),),
    data=(Item("Value", "xs:float"), Item("Threshold", "xs:float")),
    clause="Core, Sensor Data Event Topics (26.06 §8.9.13)",
)
DEVICE_SENSOR_RELATIVE_HUMIDITY_HIGH = Topic(
    "tns1:Device/Sensor/RelativeHumidity/High",
    source=(Item("SensorID", "xs:string"),),
    data=(Item("Value", "xs:float"), Item("Threshold", "xs:float")),
    clause="Core, Sensor Data Event Topics (26.06 §8.9.13)",
)
DEVICE_SENSOR_RELATIVE_HUMIDITY_LOW = Topic(
    "tns1:Device/Sensor/RelativeHumidity/Low",
    source=(Item("SensorID", "xs:string"),),
    data=(Item("Value", "xs:float"), Item("Threshold", "xs:float")),
    clause="Core, Sensor Data Event Topics (26.06 §8.9.13)",
)
DEVICE_SENSOR_ABSOLUTE_HUMIDITY_HIGH = Topic(
    "tns1:Device/Sensor/AbsoluteHumidity/High",
    source=(Item("SensorID", "xs:string"),),
    data=(Item("Value", "xs:float"), Item("Threshold", "xs:float")),
    clause="Core, Sensor Data Event Topics (26.06 §8.9.13)",
)
DEVICE_SENSOR_ABSOLUTE_HUMIDITY_LOW = Topic(
    "tns1:Device/Sensor/AbsoluteHumidity/Low",
    source=(Item("SensorID", "xs:string"),),
    data=(Item("Value", "xs:float"), Item("Threshold", "xs:float")),
    clause="Core, Sensor Data Event Topics (26.06 §8.9.13)",
)
EVENT_BUFFER_BEGIN = Topic(
    "tns1:EventBuffer/Begin", clause="Core, BeginOfBuffer (26.06 §9.11.1)", iec="IEC 60839-11-31 10.12"
)
DEVICE_TRIGGER_DIGITAL_INPUT = Topic(
    "tns1:Device/Trigger/DigitalInput",
    is_property=True,
    source=(Item("InputToken", "tt:ReferenceToken"),),
    data=(Item("LogicalState", "xs:boolean"),),
    clause="Device IO, DigitalInput State Change (26.06 §5.10.1)",
    iec="IEC 60839-11-31 9.6.1",
)
DEVICE_TRIGGER_RELAY = Topic(
    "tns1:Device/Trigger/Relay",
    is_property=True,
    source=(Item("RelayToken", "tt:ReferenceToken"),),
    data=(Item("LogicalState", "tt:RelayLogicalState"),),
    clause="Device IO, Relay Output Trigger (26.06 §5.10.2)",
    iec="IEC 60839-11-31 9.6.2",
)
MONITORING_PROFILE_ACTIVE_CONNECTIONS = Topic(
    "tns1:Monitoring/Profile/ActiveConnections",
    is_property=True,
    source=(Item("Profile", "tt:ReferenceToken"),),
    data=(Item("Status", "tt:ProfileStatus", is_element=True),),
    clause="Media2, Active Connections (26.06 §5.15.3)",
    iec="IEC 62676-2-31 6.13.3",
)
MONITORING_ACTIVE_SESSIONS_VIDEO_ENCODER = Topic(
    "tns1:Monitoring/ActiveSessions/VideoEncoder",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Sessions", "tt:StringAttrList"),),
    clause="Media2, Active Sessions (26.06 §5.15.4)",
)
MONITORING_ACTIVE_SESSIONS_AUDIO_ENCODER = Topic(
    "tns1:Monitoring/ActiveSessions/AudioEncoder",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Sessions", "tt:StringAttrList"),),
    clause="Media2, Active Sessions (26.06 §5.15.4)",
)
MONITORING_ACTIVE_SESSIONS_AUDIO_DECODER = Topic(
    "tns1:Monitoring/ActiveSessions/AudioDecoder",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Sessions", "tt:StringAttrList"),),
    clause="Media2, Active Sessions (26.06 §5.15.4)",
)
MONITORING_ACTIVE_SESSIONS_METADATA = Topic(
    "tns1:Monitoring/ActiveSessions/Metadata",
    is_property=True,
    source=(Item("Token", "tt:ReferenceToken"),),
    data=(Item("Sessions", "tt:StringAttrList"),),
    clause="Media2, Active Sessions (26.06 §5.15.4)",
)
ADVANCEDSECURITY_KEYSTORE_KEY_STATUS = Topic(
    "tns1:Advancedsecurity/Keystore/KeyStatus",
    source=(Item("KeyID", "tas:KeyID"),),
    data=(Item("OldStatus", "tas:KeyStatus", is_optional=True), Item("NewStatus", "tas:KeyStatus")),
    clause="Security, Key Status (26.06 §5.5.8.1)",
)
DEVICE_OPERATION_MODE_SHUTDOWN_INITIATED = Topic(
    "tns1:Device/OperationMode/ShutdownInitiated",
    clause="Core, Device Management (26.06 §8.9.8)",
    iec="IEC 60839-11-31 8.7.7",
)
DEVICE_OPERATION_MODE_UPLOAD_INITIATED = Topic(
    "tns1:Device/OperationMode/UploadInitiated",
    clause="Core, Device Management (26.06 §8.9.8)",
    iec="IEC 60839-11-31 8.7.7",
)

DEVICE: tuple[Topic, ...] = (
    DEVICE_SECURITY_POLICY_AUTH_FAILED,
    MONITORING_PROCESSOR_USAGE,
    MONITORING_LINK_STATUS,
    MONITORING_UPLOAD_STATUS,
    MONITORING_OPERATING_TIME_DEFINED_LIMIT_REACHED,
    MONITORING_OPERATING_TIME_MEAN_TIME_BETWEEN_FAILURES_DEFAULT_LIMIT_REACHED,
    MONITORING_OPERATING_TIME_MEAN_TIME_BETWEEN_FAILURES_OPERATION_LIMIT_REACHED,
    MONITORING_OPERATING_TIME_LAST_RESET,
    MONITORING_OPERATING_TIME_LAST_REBOOT,
    MONITORING_OPERATING_TIME_LAST_CLOCK_SYNCHRONIZATION,
    MONITORING_MAINTENANCE_LAST,
    MONITORING_MAINTENANCE_NEXT_SCHEDULED,
    MONITORING_BACKUP_LAST,
    MONITORING_AREA_OF_OPERATION_OUTSIDE_CERTIFIED_AREA,
    MONITORING_AREA_OF_OPERATION_OUTSIDE_CONFIGURED_AREA,
    MONITORING_ENVIRONMENTAL_CONDITIONS_RELATIVE_HUMIDITY,
    MONITORING_ENVIRONMENTAL_CONDITIONS_TEMPERATURE,
    MONITORING_BATTERY_CAPACITY,
    MONITORING_ASYNCHRONOUS_OPERATION_STATUS,
    MONITORING_WASHER_LIQUID_LOW,
    DEVICE_HARDWARE_FAILURE_FAN_FAILURE,
    DEVICE_HARDWARE_FAILURE_POWER_SUPPLY_FAILURE,
    DEVICE_HARDWARE_FAILURE_STORAGE_FAILURE,
    DEVICE_HARDWARE_FAILURE_TEMPERATURE_CRITICAL,
    MONITORING_GEO_LOCATION,
    MONITORING_CLOUD_FIRMWARE_UPGRADE_COMPLETED,
    DEVICE_SENSOR_TEMPERATURE_HIGH,
    DEVICE_SENSOR_TEMPERATURE_LOW,
    DEVICE_SENSOR_RELATIVE_HUMIDITY_HIGH,
    DEVICE_SENSOR_RELATIVE_HUMIDITY_LOW,
    DEVICE_SENSOR_ABSOLUTE_HUMIDITY_HIGH,
    DEVICE_SENSOR_ABSOLUTE_HUMIDITY_LOW,
    EVENT_BUFFER_BEGIN,
    DEVICE_TRIGGER_DIGITAL_INPUT,
    DEVICE_TRIGGER_RELAY,
    MONITORING_PROFILE_ACTIVE_CONNECTIONS,
    MONITORING_ACTIVE_SESSIONS_VIDEO_ENCODER,
    MONITORING_ACTIVE_SESSIONS_AUDIO_ENCODER,
    MONITORING_ACTIVE_SESSIONS_AUDIO_DECODER,
    MONITORING_ACTIVE_SESSIONS_METADATA,
    ADVANCEDSECURITY_KEYSTORE_KEY_STATUS,
    DEVICE_OPERATION_MODE_SHUTDOWN_INITIATED,
    DEVICE_OPERATION_MODE_UPLOAD_INITIATED,
)
