"""The end by signals: asked for once, forced twice or late, whatever hangs. Each in a process of its own."""

import platform
import subprocess
import sys
import time

SCRIPT = """
import asyncio, os, signal, sys, threading, time
from vedette.server import process
process.SHUTDOWN_S = {limit_s}

async def main():
    stop = process.StopSignal(lambda: print("last words", flush=True))
    stop.last_words.append({last})
    stop.listen(process.EarlyEnd(is_noting=True))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await waiting
    {then}

asyncio.run(main())
print("ended")
"""


def run(
    then: str, limit_s: float = 1.0, last: str = "lambda: None"
) -> "tuple[subprocess.CompletedProcess[str], float]":
    began_s = time.monotonic()
    script = SCRIPT.format(then=then, limit_s=limit_s, last=last)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=10)
    return done, time.monotonic() - began_s


def test_an_end_in_time_is_a_good_end() -> None:
    done, _ = run("return")
    assert (done.returncode, done.stdout) == (0, "ended\n")


def test_a_task_that_does_not_end_is_named_and_left_behind() -> None:
    done, _ = run("await asyncio.create_task(asyncio.sleep(9), name='the slow one')")
    assert (done.returncode, done.stdout) == (1, "last words\n")
    assert "not everything ended in time" in done.stderr
    assert "the slow one" in done.stderr


def test_a_thread_that_hangs_after_the_loop_is_left_behind_too() -> None:
    done, _ = run("threading.Thread(target=time.sleep, args=(9,)).start()")
    assert done.returncode == 1
    assert done.stdout == "ended\nlast words\n"


def test_last_words_that_hang_keep_nothing_from_ending() -> None:
    done, took_s = run("await asyncio.sleep(9)", last="lambda: time.sleep(9)")
    assert (done.returncode, done.stdout) == (1, "last words\n")
    assert took_s < 5


def test_a_second_signal_ends_at_once() -> None:
    done, took_s = run("os.kill(os.getpid(), signal.SIGINT); await asyncio.sleep(9)", limit_s=9)
    assert done.returncode == 1
    assert "told twice to end (SIGINT)" in done.stderr
    assert took_s < 9


def test_memory_is_spared_without_a_word() -> None:
    status = "open('/proc/self/status').read()"
    script = f"from vedette.server.process import spare_memory; spare_memory(); print({status})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0
    assert "THP_enabled:\t0" in done.stdout or "THP_enabled" not in done.stdout


def test_memory_laid_together_is_what_it_was_and_no_more() -> None:
    script = """
import random
from vedette.server.process import lay_memory_together, spare_memory
def resident(): return int(open('/proc/self/statm').read().split()[1]) * 4096
spare_memory()
held = [random.randbytes(n % 3000) for n in range(30_000)]
mark, before = hash(tuple(held)), resident()
lay_memory_together()
print(hash(tuple(held)) == mark, resident() - before, open('/proc/self/status').read())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    same, grown, status = done.stdout.split(" ", 2)
    assert same == "True"
    assert int(grown) < 8 << 20
    assert "THP_enabled:\t0" in status or "THP_enabled" not in status


def test_memory_that_was_freed_is_given_back() -> None:
    script = """
from vedette.server.process import give_memory_back
def resident(): return int(open('/proc/self/statm').read().split()[1]) * 4096
blocks = [bytes([n % 256]) * 4000 for n in range(10_000)]
last = bytes(4000)
del blocks
before = resident()
give_memory_back()
print((before - resident()) >> 20)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, done.stderr
    if platform.libc_ver()[0] == "glibc":
        assert int(done.stdout) > 20


def test_connections_leave_files_to_cameras_and_recordings() -> None:
    script = """
import resource
from vedette.server.process import allow_files, connections_room
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 400))
print(connections_room())
allow_files()
print(resource.getrlimit(resource.RLIMIT_NOFILE), connections_room())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=10)
    assert done.stdout == "48\n(400, 400) 300\n", done.stderr
