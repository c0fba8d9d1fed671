#!/usr/bin/env python3
"""Deploys to an emulated board with the script that users run, and checks from outside that it does what it should, through faults.

    vm_test.py [virt|virt-trixie|raspi3b] [--only PART]...      result: out/vm-test/MACHINE.json (MACHINE-parts.json with --only), exit code 0 when every check passed

Everything is observed from outside the program: pins at the controller, the serial line at its other end, states as systemd tells them.
"""
import argparse
import json
import os
import subprocess
import sys
import time

import camera_parts
import deploy_parts
import fault_parts
import service_parts
from board import HERE, MACHINES, BoardError
from board_test import SERVICE, BoardTest

# In order: each begins with a service that runs and shows 7, but for the last, which begins with nothing installed.
PARTS = (
    service_parts.deployment, service_parts.tools, service_parts.reload, fault_parts.crash, fault_parts.unplugged, fault_parts.no_camera, fault_parts.watchdog,
    camera_parts.usb_camera, camera_parts.csi_camera, fault_parts.faults, fault_parts.serial_gone, fault_parts.full_disk, fault_parts.cannot_begin,
    deploy_parts.rollback, deploy_parts.several_boards, service_parts.reboot, service_parts.package, service_parts.archive)


def run(test, only):
    test.board.start()
    print(f"[{time.monotonic() - test.started:5.0f}s] {test.machine} has booted: {test.board.ask('uname -r')}", flush=True)
    for part in PARTS:
        name = part.__name__
        if only and name not in only and part is not service_parts.deployment:
            continue
        # The test starts the service more often than its start limit allows.
        test.board.ssh(f"systemctl reset-failed {SERVICE}", check=False)
        try:
            part(test)
        except (BoardError, subprocess.SubprocessError) as e:
            test.results.append({"check": f"{name} runs to its end", "passed": False, "seconds": 0})
            print(f"FAILED  {name}: {e} {test.journal()}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("machine", nargs="?", default="virt", choices=MACHINES)
    parser.add_argument("--only", action="append", metavar="PART", choices=[part.__name__ for part in PARTS], help="this part, after the deployment; may be repeated: %(choices)s")
    arguments = parser.parse_args()
    machine, only = arguments.machine, arguments.only
    begun = time.monotonic()
    subprocess.run([str(HERE / "image.sh")], check=True, env={**os.environ, "EDGE_VBOARD_SUITE": MACHINES[machine][1]})
    made = time.monotonic()
    test = BoardTest(machine)
    try:
        run(test, only)
    finally:
        test.board.stop()
    failed = sum(not r["passed"] for r in test.results)
    report = {"machine": machine, "complete": not only, "image_seconds": round(made - begun), "seconds": round(time.monotonic() - made), "figures": test.figures, "checks": test.results}
    # A run of some parts leaves the result of the last whole one alone.
    (test.folder.parent / f"{machine}{'-parts' if only else ''}.json").write_text(json.dumps(report, indent=1) + "\n")
    print(f"{len(test.results) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
