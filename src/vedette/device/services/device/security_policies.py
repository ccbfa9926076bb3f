"""Device service: password rules, warnings of failed logins, access policy, digest algorithms."""

from vedette.contract.device import Device
from vedette.contract.device import users as tds
from vedette.contract.operation import answers
from vedette.contract.schema.values import BinaryData, IntRange
from vedette.device.access_policy import CONTENT_TYPE, AccessPolicy
from vedette.device.security_policies import (
    FAILURES_MOST,
    PASSWORD_MOST_CHARS,
    PERIOD_MOST_S,
    SecurityPolicies,
)
from vedette.device.settings.security import PASSWORD_LEAST_CHARS


class SecurityPolicyHandlers:
    """Reads and changes the rules of security."""

    def __init__(self, policies: SecurityPolicies, access: AccessPolicy) -> None:
        self._policies = policies
        self._access = access

    @answers(Device.get_password_complexity_options)
    async def get_password_complexity_options(
        self, request: tds.GetPasswordComplexityOptions
    ) -> tds.GetPasswordComplexityOptionsResponse:
        """What the rules can be."""
        counts = IntRange(min=0, max=PASSWORD_MOST_CHARS)
        return tds.GetPasswordComplexityOptionsResponse(
            min_len_range=IntRange(min=PASSWORD_LEAST_CHARS, max=PASSWORD_MOST_CHARS),
            uppercase_range=counts,
            number_range=counts,
            special_chars_range=counts,
            block_username_occurrence_supported=True,
            policy_configuration_lock_supported=True,
        )

    @answers(Device.get_password_complexity_configuration)
    async def get_password_complexity_configuration(
        self, request: tds.GetPasswordComplexityConfiguration
    ) -> tds.GetPasswordComplexityConfigurationResponse:
        """What the rules are."""
        rules = self._policies.passwords
        return tds.GetPasswordComplexityConfigurationResponse(
            min_len=rules.least,
            uppercase=rules.uppercase,
            number=rules.digits,
            special_chars=rules.special,
            block_username_occurrence=rules.blocks_name,
            policy_configuration_locked=rules.is_locked,
        )

    @answers(Device.set_password_complexity_configuration)
    async def set_password_complexity_configuration(
        self, request: tds.SetPasswordComplexityConfiguration
    ) -> tds.SetPasswordComplexityConfigurationResponse:
        """Change the rules."""
        await self._policies.set_complexity(
            least=request.min_len,
            uppercase=request.uppercase,
            digits=request.number,
            special=request.special_chars,
            blocks_name=request.block_username_occurrence,
            is_locked=request.policy_configuration_locked,
        )
        return tds.SetPasswordComplexityConfigurationResponse()

    @answers(Device.get_password_history_configuration)
    async def get_password_history_configuration(
        self, request: tds.GetPasswordHistoryConfiguration
    ) -> tds.GetPasswordHistoryConfigurationResponse:
        """How many former passwords count."""
        rules = self._policies.passwords
        return tds.GetPasswordHistoryConfigurationResponse(enabled=rules.has_history, length=rules.history)

    @answers(Device.set_password_history_configuration)
    async def set_password_history_configuration(
        self, request: tds.SetPasswordHistoryConfiguration
    ) -> tds.SetPasswordHistoryConfigurationResponse:
        """Change how many former passwords count."""
        await self._policies.set_history(is_enabled=request.enabled, length=request.length)
        return tds.SetPasswordHistoryConfigurationResponse()

    @answers(Device.get_auth_failure_warning_options)
    async def get_auth_failure_warning_options(
        self, request: tds.GetAuthFailureWarningOptions
    ) -> tds.GetAuthFailureWarningOptionsResponse:
        """What warnings can be."""
        return tds.GetAuthFailureWarningOptionsResponse(
            monitor_period_range=IntRange(min=1, max=PERIOD_MOST_S),
            auth_failure_range=IntRange(min=1, max=FAILURES_MOST),
        )

    @answers(Device.get_auth_failure_warning_configuration)
    async def get_auth_failure_warning_configuration(
        self, request: tds.GetAuthFailureWarningConfiguration
    ) -> tds.GetAuthFailureWarningConfigurationResponse:
        """What warnings are."""
        warnings = self._policies.warnings
        return tds.GetAuthFailureWarningConfigurationResponse(
            enabled=warnings.is_enabled,
            monitor_period=warnings.period_s,
            max_auth_failures=warnings.failures_most,
        )

    @answers(Device.set_auth_failure_warning_configuration)
    async def set_auth_failure_warning_configuration(
        self, request: tds.SetAuthFailureWarningConfiguration
    ) -> tds.SetAuthFailureWarningConfigurationResponse:
        """Change when failures are told of."""
        await self._policies.set_warnings(
            is_enabled=request.enabled,
            period_s=request.monitor_period,
            failures_most=request.max_auth_failures,
        )
        return tds.SetAuthFailureWarningConfigurationResponse()

    @answers(Device.get_access_policy)
    async def get_access_policy(self, request: tds.GetAccessPolicy) -> tds.GetAccessPolicyResponse:
        """Who may do what."""
        file = BinaryData(content_type=CONTENT_TYPE, data=self._access.file())
        return tds.GetAccessPolicyResponse(policy_file=file)

    @answers(Device.set_access_policy)
    async def set_access_policy(self, request: tds.SetAccessPolicy) -> tds.SetAccessPolicyResponse:
        """Change who may do what."""
        await self._access.set(request.policy_file.data)
        return tds.SetAccessPolicyResponse()

    @answers(Device.set_hashing_algorithm)
    async def set_hashing_algorithm(
        self, request: tds.SetHashingAlgorithm
    ) -> tds.SetHashingAlgorithmResponse:
        """Choose the algorithms of digest logins."""
        await self._policies.set_algorithms(request.algorithm)
        return tds.SetHashingAlgorithmResponse()
