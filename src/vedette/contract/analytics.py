"""The analytics service: messages and operations."""

from vedette.contract.faults import (
    ConfigurationConflict,
    FixedModules,
    FixedRules,
    InvalidModule,
    InvalidRule,
    NameAlreadyExistent,
    NameNotExistent,
    NoConfig,
    RuleAlreadyExistent,
    RuleNotExistent,
    TooManyModules,
    TooManyRules,
    TypeChangeProhibited,
    TypeNotExistent,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.items import Config, SupportedAnalyticsModules, SupportedRules
from vedette.contract.schema.metadata import Frame
from vedette.wire.message import XmlElement, XmlName, anything, attribute, element, message
from vedette.wire.namespaces import TAN


@message(TAN)
class ConfigOptions:
    """What the parameters of one type of rule or module may be."""

    rule_type: XmlName | None = attribute("RuleType", default=None)
    name: str = attribute("Name")
    type: XmlName | None = attribute("Type", default=None)
    analytics_module: XmlName | None = attribute("AnalyticsModule", default=None)
    min_occurs: int | None = attribute("minOccurs", default=None)
    max_occurs: int | None = attribute("maxOccurs", default=None)
    content: tuple[XmlElement, ...] = anything()


@message(TAN)
class Capabilities:
    """What the analytics service offers."""

    rule_support: bool | None = attribute("RuleSupport", default=None)
    analytics_module_support: bool | None = attribute("AnalyticsModuleSupport", default=None)
    cell_based_scene_description_supported: bool | None = attribute(
        "CellBasedSceneDescriptionSupported", default=None
    )
    rule_options_supported: bool | None = attribute("RuleOptionsSupported", default=None)
    analytics_module_options_supported: bool | None = attribute(
        "AnalyticsModuleOptionsSupported", default=None
    )
    supported_metadata: bool | None = attribute("SupportedMetadata", default=None)
    image_sending_type: tuple[str, ...] = attribute("ImageSendingType", listed=True, default=())


@message(TAN)
class MetadataInfo:
    """A sample of the metadata that an analytics module makes."""

    type: XmlName = attribute("Type")
    sample_frame: Frame


@message(TAN)
class GetSupportedRules:
    """Asks for the supported rules."""

    configuration_token: str


@message(TAN)
class GetSupportedRulesResponse:
    """Answers with the supported rules."""

    supported_rules: SupportedRules


@message(TAN)
class CreateRules:
    """Makes new rules."""

    configuration_token: str
    rules: tuple[Config, ...] = element("Rule")


@message(TAN)
class CreateRulesResponse:
    """Tells that the rules were made."""


@message(TAN)
class DeleteRules:
    """Deletes the rules."""

    configuration_token: str
    rule_names: tuple[str, ...] = element("RuleName")


@message(TAN)
class DeleteRulesResponse:
    """Tells that the rules were deleted."""


@message(TAN)
class GetRules:
    """Asks for the rules."""

    configuration_token: str


@message(TAN)
class GetRulesResponse:
    """Answers with the rules."""

    rules: tuple[Config, ...] = element("Rule", default=())


@message(TAN)
class GetRuleOptions:
    """Asks what the rule can be set to."""

    rule_type: XmlName | None = None
    configuration_token: str


@message(TAN)
class GetRuleOptionsResponse:
    """Answers with what the rule can be set to."""

    rule_options: tuple[ConfigOptions, ...] = ()


@message(TAN)
class ModifyRules:
    """Changes the rules."""

    configuration_token: str
    rules: tuple[Config, ...] = element("Rule")


@message(TAN)
class ModifyRulesResponse:
    """Tells that the rules changed."""


@message(TAN)
class GetServiceCapabilities:
    """Asks what the service offers."""


@message(TAN)
class GetServiceCapabilitiesResponse:
    """Answers with what the service offers."""

    capabilities: Capabilities


@message(TAN)
class GetSupportedAnalyticsModules:
    """Asks for the supported analytics modules."""

    configuration_token: str


@message(TAN)
class GetSupportedAnalyticsModulesResponse:
    """Answers with the supported analytics modules."""

    supported_analytics_modules: SupportedAnalyticsModules


@message(TAN)
class GetAnalyticsModuleOptions:
    """Asks what the analytics module can be set to."""

    type: XmlName | None = None
    configuration_token: str


@message(TAN)
class GetAnalyticsModuleOptionsResponse:
    """Answers with what the analytics module can be set to."""

    options: tuple[ConfigOptions, ...] = ()


@message(TAN)
class CreateAnalyticsModules:
    """Makes new analytics modules."""

    configuration_token: str
    analytics_modules: tuple[Config, ...] = element("AnalyticsModule")


@message(TAN)
class CreateAnalyticsModulesResponse:
    """Tells that the analytics modules were made."""


@message(TAN)
class DeleteAnalyticsModules:
    """Deletes the analytics modules."""

    configuration_token: str
    analytics_module_names: tuple[str, ...] = element("AnalyticsModuleName")


@message(TAN)
class DeleteAnalyticsModulesResponse:
    """Tells that the analytics modules were deleted."""


@message(TAN)
class GetAnalyticsModules:
    """Asks for the analytics modules."""

    configuration_token: str


@message(TAN)
class GetAnalyticsModulesResponse:
    """Answers with the analytics modules."""

    analytics_modules: tuple[Config, ...] = element("AnalyticsModule", default=())


@message(TAN)
class ModifyAnalyticsModules:
    """Changes the analytics modules."""

    configuration_token: str
    analytics_modules: tuple[Config, ...] = element("AnalyticsModule")


@message(TAN)
class ModifyAnalyticsModulesResponse:
    """Tells that the analytics modules changed."""


@message(TAN)
class GetSupportedMetadata:
    """Asks for the supported metadata."""

    type: XmlName | None = None


@message(TAN)
class GetSupportedMetadataResponse:
    """Answers with the supported metadata."""

    analytics_modules: tuple[MetadataInfo, ...] = element("AnalyticsModule", default=())


class Analytics(Service):
    """The analytics service."""

    namespace = TAN

    get_supported_rules = Operation(
        GetSupportedRules,
        GetSupportedRulesResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Analytics, GetSupportedRules (26.06 §6.2.3.1)",
        iec="IEC 62676-2-31 9.3.4",
    )

    create_rules = Operation(
        CreateRules,
        CreateRulesResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, InvalidRule, RuleAlreadyExistent, FixedRules, TooManyRules, ConfigurationConflict),
        source="Analytics, CreateRules (26.06 §6.2.3.3)",
        iec="IEC 62676-2-31 9.3.4",
    )

    delete_rules = Operation(
        DeleteRules,
        DeleteRulesResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, RuleNotExistent, FixedRules, ConfigurationConflict),
        source="Analytics, DeleteRules (26.06 §6.2.3.5)",
        iec="IEC 62676-2-31 9.3.4",
    )

    get_rules = Operation(
        GetRules,
        GetRulesResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Analytics, GetRules (26.06 §6.2.3.2)",
        iec="IEC 62676-2-31 9.3.4",
    )

    get_rule_options = Operation(
        GetRuleOptions,
        GetRuleOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, RuleNotExistent),
        source="Analytics, GetRuleOptions (26.06 §6.2.3.6)",
        iec="IEC 62676-2-31 9.3.4",
    )

    modify_rules = Operation(
        ModifyRules,
        ModifyRulesResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, InvalidRule, RuleNotExistent, ConfigurationConflict, TypeChangeProhibited),
        source="Analytics, ModifyRules (26.06 §6.2.3.4)",
        iec="IEC 62676-2-31 9.3.4",
    )

    get_service_capabilities = Operation(
        GetServiceCapabilities,
        GetServiceCapabilitiesResponse,
        access=Access.PRE_AUTH,
        source="Analytics, GetServiceCapabilities (26.06 §6.4)",
        iec="IEC 62676-2-31 9.6",
    )

    get_supported_analytics_modules = Operation(
        GetSupportedAnalyticsModules,
        GetSupportedAnalyticsModulesResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Analytics, GetSupportedAnalyticsModules (26.06 §6.3.3.1)",
        iec="IEC 62676-2-31 9.4.4",
    )

    get_analytics_module_options = Operation(
        GetAnalyticsModuleOptions,
        GetAnalyticsModuleOptionsResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig, TypeNotExistent),
        source="Analytics, GetAnalyticsModuleOptions (26.06 §6.3.3.6)",
        iec="IEC 62676-2-31 9.5",
    )

    create_analytics_modules = Operation(
        CreateAnalyticsModules,
        CreateAnalyticsModulesResponse,
        access=Access.ACTUATE,
        faults=(
            NoConfig,
            InvalidModule,
            NameAlreadyExistent,
            FixedModules,
            TooManyModules,
            ConfigurationConflict,
        ),
        source="Analytics, CreateAnalyticsModules (26.06 §6.3.3.3)",
        iec="IEC 62676-2-31 9.4.4",
    )

    delete_analytics_modules = Operation(
        DeleteAnalyticsModules,
        DeleteAnalyticsModulesResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, NameNotExistent, FixedModules, ConfigurationConflict),
        source="Analytics, DeleteAnalyticsModules (26.06 §6.3.3.5)",
        iec="IEC 62676-2-31 9.4.4",
    )

    get_analytics_modules = Operation(
        GetAnalyticsModules,
        GetAnalyticsModulesResponse,
        access=Access.READ_MEDIA,
        faults=(NoConfig,),
        source="Analytics, GetAnalyticsModules (26.06 §6.3.3.2)",
        iec="IEC 62676-2-31 9.4.4",
    )

    modify_analytics_modules = Operation(
        ModifyAnalyticsModules,
        ModifyAnalyticsModulesResponse,
        access=Access.ACTUATE,
        faults=(NoConfig, InvalidModule, NameNotExistent, ConfigurationConflict, TypeChangeProhibited),
        source="Analytics, ModifyAnalyticsModules (26.06 §6.3.3.4)",
        iec="IEC 62676-2-31 9.4.4",
    )

    get_supported_metadata = Operation(
        GetSupportedMetadata,
        GetSupportedMetadataResponse,
        access=Access.READ_MEDIA,
        faults=(TypeNotExistent,),
        source="Analytics, GetSupportedMetadata (26.06 §6.3.3.7)",
    )
