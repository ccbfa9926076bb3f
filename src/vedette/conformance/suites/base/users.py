"""Users: told, made, changed and deleted, all of a request or nothing; and the remote user."""

from vedette.conformance.case import case
from vedette.conformance.run import Run
from vedette.contract import faults
from vedette.contract.device.users import CreateUsers
from vedette.contract.faults import Fault
from vedette.contract.schema.security import RemoteUser, User, UserLevel
from vedette.wire.codec import to_element
from vedette.wire.message import XmlName
from vedette.wire.namespaces import TDS

ONE, TWO, THREE, FOUR, FIVE = (f"precheck{number}" for number in range(1, 6))
PASSWORD, OTHER_PASSWORD = "Pre-Check.123", "Pre-Check.321"
REMOTE_NAME, REMOTE_PASSWORD = "precheckremote", "Pre-Check.456"


def _user(name: str, level: UserLevel = UserLevel.OPERATOR, password: str = PASSWORD) -> User:
    return User(username=name, password=password, user_level=level)


async def levels(run: Run) -> dict[str, UserLevel]:
    """The users and their levels; raises CaseFailed if a password is told."""
    users = (await run.device.get_users()).users
    told = [each.username for each in users if each.password]
    run.expect(not told, f"no password is told ({', '.join(told) or 'none'})")
    return {each.username: each.user_level for each in users}


async def _prepare(run: Run) -> dict[str, UserLevel]:
    """Have none of the tester's users, now and at the end; the users there are otherwise."""
    for password in (PASSWORD, OTHER_PASSWORD, REMOTE_PASSWORD):
        run.target.evidence.hide(password)

    async def remove() -> None:
        left = [name for name in await levels(run) if name in (ONE, TWO, THREE, FOUR, FIVE)]
        if left:
            await run.device.delete_users(usernames=tuple(left))

    run.step("ask for the present users")
    await remove()
    run.restore("users", remove)
    return await levels(run)


async def _make(run: Run, *users: User) -> bool:
    """Make users; False, with a warning, where the device has no room for them."""
    run.step(f"make {', '.join(each.username for each in users)}")
    try:
        await run.device.create_users(users=users)
    except faults.TooManyUsers as fault:
        run.warn(f"no room for users: {fault}")
        return False
    now = await levels(run)
    for each in users:
        run.expect(now.get(each.username) is each.user_level, f"{each.username} is told as {each.user_level}")
    return True


@case("DEVICE-4-1-1")
async def told(run: Run) -> None:
    """Users with names and levels, and no passwords."""
    run.step("ask for the users")
    users = (await run.device.get_users()).users
    run.expect(all(each.username for each in users), "every user has a name")
    run.expect(not any(each.password for each in users), "no password is told")


@case("DEVICE-4-1-3")
async def clash(run: Run) -> None:
    """A name in use is refused, and nobody of that request is made."""
    await _prepare(run)
    if not await _make(run, _user(ONE)):
        return
    run.step("make the same user again")
    await run.refused(run.device.create_users(users=(_user(ONE, UserLevel.USER),)), faults.UsernameClash)
    run.step("make another one together with the same user")
    both = (_user(FOUR), _user(ONE, UserLevel.USER))
    await run.refused(run.device.create_users(users=both), faults.UsernameClash)
    now = await levels(run)
    run.expect(now.get(ONE) is UserLevel.OPERATOR, f"{ONE} is as it was")
    run.expect(FOUR not in now, f"{FOUR} was not made")


@case("DEVICE-4-1-4")
async def delete(run: Run) -> None:
    """One user is deleted, then two together."""
    await _prepare(run)
    if not await _make(run, _user(ONE), _user(TWO), _user(THREE, UserLevel.USER)):
        return
    run.step(f"delete {ONE}")
    await run.device.delete_users(usernames=(ONE,))
    now = await levels(run)
    run.expect(ONE not in now, f"{ONE} is gone")
    run.expect(TWO in now and THREE in now, "the others are there")
    run.step(f"delete {TWO} and {THREE}")
    await run.device.delete_users(usernames=(TWO, THREE))
    now = await levels(run)
    run.expect(TWO not in now and THREE not in now, "both are gone")


@case("DEVICE-4-1-5")
async def delete_unknown(run: Run) -> None:
    """A request to delete somebody unknown deletes nobody."""
    await _prepare(run)
    if not await _make(run, _user(ONE)):
        return
    run.step(f"delete {ONE} and somebody unknown")
    await run.refused(run.device.delete_users(usernames=(ONE, TWO)), faults.UsernameMissing)
    run.expect(ONE in await levels(run), f"{ONE} is still there")
    run.step(f"delete {ONE}")
    await run.device.delete_users(usernames=(ONE,))
    run.expect(ONE not in await levels(run), f"{ONE} is gone")


@case("DEVICE-4-1-6")
async def delete_all(run: Run) -> None:
    """All users are deleted, or the request is refused because somebody must stay."""
    run.step("ask for the users")
    before = await levels(run)
    others = [name for name in before if name != run.target.login.user]
    run.step(f"delete {', '.join(before) or 'nobody'}")
    run.restore("the tester's own user", lambda: _come_back(run))
    try:
        await run.device.delete_users(usernames=tuple(before))
    except Fault:
        await run.refused(run.device.delete_users(usernames=tuple(before)), faults.FixedUser)
        run.expect(await levels(run) == before, "nobody was deleted")
        return
    if others:
        run.warn(f"deleted for good, as their passwords are not known: {', '.join(others)}")
    run.step("ask for the users")
    try:
        left = await levels(run)
    except faults.NotAuthorized:
        return  # the login that asked is gone, as it should be
    run.expect(not set(left) & set(before), f"they are gone ({', '.join(left) or 'none left'})")


async def _come_back(run: Run) -> None:
    """Have the tester's login be an administrator's again; a device without users lets everybody do so."""
    login = run.target.login
    user = _user(login.user, UserLevel.ADMINISTRATOR, login.password)
    try:
        users = (await run.device.get_users()).users
    except faults.NotAuthorized:
        await run.target.ask(
            run.target.url,
            to_element(CreateUsers(users=(user,)), XmlName(TDS, "CreateUsers")),
            with_login=False,
        )
        return
    if login.user not in (each.username for each in users):
        await run.device.create_users(users=(user,))


@case("DEVICE-4-1-7")
async def change(run: Run) -> None:
    """Passwords and levels are changed, one user's and two users'."""
    await _prepare(run)
    if not await _make(run, _user(ONE), _user(TWO)):
        return
    run.step(f"change the password of {ONE}")
    await run.device.set_user(users=(_user(ONE, password=OTHER_PASSWORD),))
    now = await levels(run)
    run.expect(now.get(ONE) is now.get(TWO) is UserLevel.OPERATOR, "the levels are as they were")
    run.step("change both")
    changed = (_user(ONE), _user(TWO, UserLevel.USER, OTHER_PASSWORD))
    await run.device.set_user(users=changed)
    now = await levels(run)
    run.expect(now.get(ONE) is UserLevel.OPERATOR, f"{ONE} is as it was")
    run.expect(now.get(TWO) is UserLevel.USER, f"{TWO} has the level set")


@case("DEVICE-4-1-8")
async def change_unknown(run: Run) -> None:
    """A request to change somebody unknown changes nobody."""
    await _prepare(run)
    if not await _make(run, _user(ONE)):
        return
    run.step(f"change {ONE} and somebody unknown")
    both = (_user(ONE, UserLevel.USER), _user(FIVE, UserLevel.USER))
    await run.refused(run.device.set_user(users=both), faults.UsernameMissing)
    now = await levels(run)
    run.expect(now.get(ONE) is UserLevel.OPERATOR, f"{ONE} is as it was")
    run.expect(FIVE not in now, f"{FIVE} was not made")


@case("DEVICE-4-1-9")
async def create(run: Run) -> None:
    """Users of every level are made; a device may lack some levels, and may be full."""
    await _prepare(run)
    made = [await _tried(run, _user(ONE)), await _tried(run, _user(TWO, UserLevel.USER))]
    there = [name for name in await levels(run) if name in (ONE, TWO)]
    if there:
        run.step("delete them")
        await run.device.delete_users(usernames=tuple(there))
    made.append(await _tried(run, _user(ONE, UserLevel.ADMINISTRATOR)))
    run.expect(any(made), "a user of some level is made")


async def _tried(run: Run, user: User) -> bool:
    try:
        return await _make(run, user)
    except Fault as fault:
        run.warn(f"no user of level {user.user_level} is made: {fault}")
        return False


# The remote user


async def _remote(run: Run) -> RemoteUser | None:
    remote = (await run.device.get_remote_user()).remote_user
    run.expect(remote is None or remote.password is None, "the password is not told")
    return remote


@case("DEVICE-4-1-10")
async def remote_user(run: Run) -> None:
    """The remote user, if there is one, without the password."""
    run.step("ask for the remote user")
    await _remote(run)


@case("DEVICE-4-1-11")
async def set_remote_user(run: Run) -> None:
    """A remote user is set with and without derived password, and removed."""
    run.target.evidence.hide(REMOTE_PASSWORD)
    run.step("ask for the present remote user")
    if await _remote(run) is not None:
        run.warn("there was a remote user before; its password cannot be known, so it is not restored")
    for is_derived in (True, False):
        run.step(f"set a remote user {'with' if is_derived else 'without'} derived password")
        wanted = RemoteUser(username=REMOTE_NAME, password=REMOTE_PASSWORD, use_derived_password=is_derived)
        try:
            await run.device.set_remote_user(remote_user=wanted)
        except faults.InvalidArgVal as fault:
            if not is_derived:
                raise
            run.warn(f"derived passwords, which later releases no longer describe, are refused: {fault}")
            continue
        now = await _remote(run)
        run.expect(now is not None and now.username == REMOTE_NAME, "the name is told as set")
        run.expect(
            now is not None and now.use_derived_password is is_derived, "the derivation is told as set"
        )
    run.step("remove the remote user")
    await run.device.set_remote_user()
    run.expect(await _remote(run) is None, "there is none any more")
