"""Device management service: users, passwords and access policy."""

from vedette.contract.faults import (
    AnonymousNotAllowed,
    EmptyPolicy,
    FixedUser,
    FunctionNotImplemented,
    InvalidArgValDevice,
    InvalidUserRole,
    NotRemoteUser,
    OnvifPrefix,
    Password,
    PasswordTooLong,
    PasswordTooWeak,
    PolicyFormat,
    TooManyUserRoles,
    TooManyUsers,
    UsernameClash,
    UsernameMissing,
    UsernameTooLong,
    UsernameTooShort,
)
from vedette.contract.operation import Access, Operation, Service
from vedette.contract.schema.security import RemoteUser, User, UserRole
from vedette.contract.schema.values import BinaryData, IntRange
from vedette.wire.message import element, message
from vedette.wire.namespaces import TDS


@message(TDS)
class GetUserRoles:
    """Asks for the user roles."""

    user_role: str | None = None


@message(TDS)
class GetUserRolesResponse:
    """Answers with the user roles."""

    user_roles: tuple[UserRole, ...] = element("UserRole", default=())


@message(TDS)
class SetUserRole:
    """Changes the user role."""

    user_role: UserRole


@message(TDS)
class SetUserRoleResponse:
    """Tells that the user role changed."""


@message(TDS)
class DeleteUserRole:
    """Deletes the user role."""

    user_role: str


@message(TDS)
class DeleteUserRoleResponse:
    """Tells that the user role was deleted."""


@message(TDS)
class GetRemoteUser:
    """Asks for the remote user."""


@message(TDS)
class GetRemoteUserResponse:
    """Answers with the remote user."""

    remote_user: RemoteUser | None = None


@message(TDS)
class SetRemoteUser:
    """Changes the remote user."""

    remote_user: RemoteUser | None = None


@message(TDS)
class SetRemoteUserResponse:
    """Tells that the remote user changed."""


@message(TDS)
class GetUsers:
    """Asks for the users."""


@message(TDS)
class GetUsersResponse:
    """Answers with the users."""

    users: tuple[User, ...] = element("User", default=())


@message(TDS)
class CreateUsers:
    """Makes new users."""

    users: tuple[User, ...] = element("User")


@message(TDS)
class CreateUsersResponse:
    """Tells that the users were made."""


@message(TDS)
class DeleteUsers:
    """Deletes the users."""

    usernames: tuple[str, ...] = element("Username")


@message(TDS)
class DeleteUsersResponse:
    """Tells that the users were deleted."""


@message(TDS)
class SetUser:
    """Changes the user."""

    users: tuple[User, ...] = element("User")


@message(TDS)
class SetUserResponse:
    """Tells that the user changed."""


@message(TDS)
class GetPasswordComplexityOptions:
    """Asks what the password complexity can be set to."""


@message(TDS)
class GetPasswordComplexityOptionsResponse:
    """Answers with what the password complexity can be set to."""

    min_len_range: IntRange | None = None
    uppercase_range: IntRange | None = None
    number_range: IntRange | None = None
    special_chars_range: IntRange | None = None
    block_username_occurrence_supported: bool | None = None
    policy_configuration_lock_supported: bool | None = None


@message(TDS)
class GetPasswordComplexityConfiguration:
    """Asks for the password complexity configuration."""


@message(TDS)
class GetPasswordComplexityConfigurationResponse:
    """Answers with the password complexity configuration."""

    min_len: int | None = None
    uppercase: int | None = None
    number: int | None = None
    special_chars: int | None = None
    block_username_occurrence: bool | None = None
    policy_configuration_locked: bool | None = None


@message(TDS)
class SetPasswordComplexityConfiguration:
    """Changes the password complexity configuration."""

    min_len: int | None = None
    uppercase: int | None = None
    number: int | None = None
    special_chars: int | None = None
    block_username_occurrence: bool | None = None
    policy_configuration_locked: bool | None = None


@message(TDS)
class SetPasswordComplexityConfigurationResponse:
    """Tells that the password complexity configuration changed."""


@message(TDS)
class GetPasswordHistoryConfiguration:
    """Asks for the password history configuration."""


@message(TDS)
class GetPasswordHistoryConfigurationResponse:
    """Answers with the password history configuration."""

    enabled: bool
    length: int


@message(TDS)
class SetPasswordHistoryConfiguration:
    """Changes the password history configuration."""

    enabled: bool
    length: int


@message(TDS)
class SetPasswordHistoryConfigurationResponse:
    """Tells that the password history configuration changed."""


@message(TDS)
class GetAuthFailureWarningOptions:
    """Asks what the auth failure warning can be set to."""


@message(TDS)
class GetAuthFailureWarningOptionsResponse:
    """Answers with what the auth failure warning can be set to."""

    monitor_period_range: IntRange
    auth_failure_range: IntRange


@message(TDS)
class GetAuthFailureWarningConfiguration:
    """Asks for the auth failure warning configuration."""


@message(TDS)
class GetAuthFailureWarningConfigurationResponse:
    """Answers with the auth failure warning configuration."""

    enabled: bool
    monitor_period: int
    max_auth_failures: int


@message(TDS)
class SetAuthFailureWarningConfiguration:
    """Changes the auth failure warning configuration."""

    enabled: bool
    monitor_period: int
    max_auth_failures: int


@message(TDS)
class SetAuthFailureWarningConfigurationResponse:
    """Tells that the auth failure warning configuration changed."""


@message(TDS)
class GetAccessPolicy:
    """Asks for the access policy."""


@message(TDS)
class GetAccessPolicyResponse:
    """Answers with the access policy."""

    policy_file: BinaryData


@message(TDS)
class SetAccessPolicy:
    """Changes the access policy."""

    policy_file: BinaryData


@message(TDS)
class SetAccessPolicyResponse:
    """Tells that the access policy changed."""


@message(TDS)
class SetHashingAlgorithm:
    """Chooses the algorithms of digest authentication."""

    algorithm: tuple[str, ...] = element(listed=True)


@message(TDS)
class SetHashingAlgorithmResponse:
    """Tells that the hashing algorithm changed."""


class Users(Service):
    """Users, passwords and access policy."""

    get_user_roles = Operation(
        GetUserRoles,
        GetUserRolesResponse,
        access=Access.READ_SYSTEM,
        faults=(InvalidUserRole,),
        source="Core, GetUserRoles (26.06 §8.4.10.1)",
    )

    set_user_role = Operation(
        SetUserRole,
        SetUserRoleResponse,
        access=Access.WRITE_SYSTEM,
        faults=(TooManyUserRoles, FunctionNotImplemented, OnvifPrefix),
        source="Core, SetUserRole (26.06 §8.4.10.2)",
    )

    delete_user_role = Operation(
        DeleteUserRole,
        DeleteUserRoleResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidUserRole, OnvifPrefix),
        source="Core, DeleteUserRole (26.06 §8.4.10.3)",
    )

    get_remote_user = Operation(
        GetRemoteUser,
        GetRemoteUserResponse,
        access=Access.READ_SYSTEM,
        faults=(NotRemoteUser,),
        source="Core, GetRemoteUser (26.06 §8.4.7)",
        iec="IEC 60839-11-31 8.5.22",
    )

    set_remote_user = Operation(
        SetRemoteUser,
        SetRemoteUserResponse,
        access=Access.WRITE_SYSTEM,
        faults=(NotRemoteUser,),
        source="Core, SetRemoteUser (26.06 §8.4.8)",
        iec="IEC 60839-11-31 8.5.23",
    )

    get_users = Operation(
        GetUsers,
        GetUsersResponse,
        access=Access.READ_SYSTEM_SECRET,
        source="Core, GetUsers (26.06 §8.4.3)",
        iec="IEC 60839-11-31 8.5.4",
    )

    create_users = Operation(
        CreateUsers,
        CreateUsersResponse,
        access=Access.WRITE_SYSTEM,
        faults=(
            UsernameClash,
            PasswordTooLong,
            UsernameTooLong,
            Password,
            TooManyUsers,
            AnonymousNotAllowed,
            UsernameTooShort,
        ),
        source="Core, CreateUsers (26.06 §8.4.4)",
        iec="IEC 60839-11-31 8.5.5",
    )

    delete_users = Operation(
        DeleteUsers,
        DeleteUsersResponse,
        access=Access.WRITE_SYSTEM,
        faults=(UsernameMissing, FixedUser),
        source="Core, DeleteUsers (26.06 §8.4.5)",
        iec="IEC 60839-11-31 8.5.6",
    )

    set_user = Operation(
        SetUser,
        SetUserResponse,
        access=Access.WRITE_SYSTEM,
        faults=(PasswordTooLong, AnonymousNotAllowed, UsernameMissing, PasswordTooWeak, FixedUser),
        source="Core, SetUser (26.06 §8.4.6)",
        iec="IEC 60839-11-31 8.5.7",
    )

    get_password_complexity_options = Operation(
        GetPasswordComplexityOptions,
        GetPasswordComplexityOptionsResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetPasswordComplexityOptions (26.06 §8.5.1)",
    )

    get_password_complexity_configuration = Operation(
        GetPasswordComplexityConfiguration,
        GetPasswordComplexityConfigurationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetPasswordComplexityConfiguration (26.06 §8.5.2)",
    )

    set_password_complexity_configuration = Operation(
        SetPasswordComplexityConfiguration,
        SetPasswordComplexityConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidArgValDevice,),
        source="Core, SetPasswordComplexityConfiguration (26.06 §8.5.3)",
    )

    get_password_history_configuration = Operation(
        GetPasswordHistoryConfiguration,
        GetPasswordHistoryConfigurationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetPasswordHistoryConfiguration (26.06 §8.5.4)",
    )

    set_password_history_configuration = Operation(
        SetPasswordHistoryConfiguration,
        SetPasswordHistoryConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidArgValDevice,),
        source="Core, SetPasswordHistoryConfiguration (26.06 §8.5.5)",
    )

    get_auth_failure_warning_options = Operation(
        GetAuthFailureWarningOptions,
        GetAuthFailureWarningOptionsResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetAuthFailureWarningOptions (26.06 §8.5.6)",
    )

    get_auth_failure_warning_configuration = Operation(
        GetAuthFailureWarningConfiguration,
        GetAuthFailureWarningConfigurationResponse,
        access=Access.READ_SYSTEM,
        source="Core, GetAuthFailureWarningConfiguration (26.06 §8.5.7)",
    )

    set_auth_failure_warning_configuration = Operation(
        SetAuthFailureWarningConfiguration,
        SetAuthFailureWarningConfigurationResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidArgValDevice,),
        source="Core, SetAuthFailureWarningConfiguration (26.06 §8.5.8)",
    )

    get_access_policy = Operation(
        GetAccessPolicy,
        GetAccessPolicyResponse,
        access=Access.READ_SYSTEM_SECRET,
        faults=(EmptyPolicy,),
        source="Core, GetAccessPolicy (26.06 §8.4.1)",
        iec="IEC 60839-11-31 8.5.2",
    )

    set_access_policy = Operation(
        SetAccessPolicy,
        SetAccessPolicyResponse,
        access=Access.WRITE_SYSTEM,
        faults=(PolicyFormat,),
        source="Core, SetAccessPolicy (26.06 §8.4.2)",
        iec="IEC 60839-11-31 8.5.3",
    )

    set_hashing_algorithm = Operation(
        SetHashingAlgorithm,
        SetHashingAlgorithmResponse,
        access=Access.WRITE_SYSTEM,
        faults=(InvalidArgValDevice,),
        source="Core, SetHashingAlgorithm (26.06 §5.9.3.1)",
    )
