"""`vedette call`: any operation of the contract, arguments typed from it, the answer as JSON."""

import argparse
import sys

from vedette.cli.exits import CommandFailed, Exit
from vedette.cli.login import add_device_arguments, connection

DESCRIPTION = """Call an operation of the standard on a device and print its answer as JSON.

Arguments are name=value. Names are those of the standard (ProfileToken) or their plain form
(profile_token); --describe shows them. Inner values are reached by dots: Configuration.Name=x. A name
that is repeated makes a list: Type=Audio Type=Video. In a list of structures, a repeated inner name
begins the next item, or a number says which: Configuration.0.Type=VideoSource.

name=@FILE takes the value from a file, also where the file travels beside the message (MTOM), such as a
backup or firmware; name.contentType says what kind of file it is.

NotificationProducer is called at the device, whose event service answers it. Pull points and other
subscriptions are called at their own address, which the answer to the subscribing tells."""
EXAMPLES = """  vedette call 192.0.2.7 Device.GetDeviceInformation
  vedette call http://admin:secret@192.0.2.7 Media2.GetStreamUri Protocol=RTSP ProfileToken=main
  vedette call 192.0.2.7 Event.CreatePullPointSubscription Filter.Topic=tns1:RuleEngine//.
  vedette call 192.0.2.7 NotificationProducer.Subscribe ConsumerReference.Address=http://192.0.2.9:9000/
  vedette call 192.0.2.7 Device.RestoreSystem BackupFiles.Name=backup BackupFiles.Data=@backup.json
  vedette call 192.0.2.7 Security.UploadCertificate Certificate=@camera.der Alias=camera
  vedette call --list
  vedette call --list Media2
  vedette call --describe Media2.GetStreamUri"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", nargs="?", metavar="URL", help="host, host:port or URL of the device service")
    parser.add_argument("operation", nargs="?", metavar="Service.Operation", help="what to call")
    parser.add_argument("values", nargs="*", metavar="name=value", help="arguments of the operation")
    parser.add_argument(
        "--list", nargs="?", const="", metavar="SERVICE", help="list all operations, or those of a service"
    )
    parser.add_argument("--describe", metavar="Service.Operation", help="show arguments, answer and faults")
    parser.add_argument("--compact", action="store_true", help="print JSON in one line")
    add_device_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Call, list or describe."""
    import asyncio

    from vedette.cli.operations import describe, listing, operation_named

    if arguments.list is not None:
        print("\n".join(listing(arguments.list)))
        return Exit.OK
    if arguments.describe:
        print("\n".join(describe(operation_named(arguments.describe))))
        return Exit.OK
    if not arguments.url or not arguments.operation:
        raise CommandFailed("give the device's URL and Service.Operation, or --list; see --help", Exit.USAGE)
    return asyncio.run(_call(arguments))


async def _call(arguments: argparse.Namespace) -> int:
    from vedette.cli.json_form import json_text
    from vedette.cli.operations import is_subscription, operation_named
    from vedette.cli.values import built
    from vedette.client.addresses import device_address, origin

    operation = operation_named(arguments.operation)
    request = built(operation.request, arguments.values)
    is_elsewhere = is_subscription(operation.service)
    async with connection(origin(arguments.url) if is_elsewhere else arguments.url, arguments) as camera:
        if is_elsewhere:
            target = camera.at(operation.service, device_address(arguments.url).url)
        else:
            target = camera.service(operation.service)
        answer = await target.caller(operation, request)
    sys.stdout.write(json_text(answer, is_compact=arguments.compact) + "\n")
    return Exit.OK
