#!/usr/bin/env python3
"""Deploys to an emulated board with the script that users run, and checks from outside that it does what it should, through faults.

    vm_test.py [virt|raspi3b] [--only PART]...      result: out/vm-test/MACHINE.json, exit code 0 when every check passed

Everything is observed from outside the program: pins at the controller, the serial line at its other end, states as systemd tells them.
"""
import json
import os
import re
import subprocess
import sys
import time

from board import HERE, TOP, Board, BoardError

SERVICE = "edge-runtime.service"
ZERO, SEVEN, BEAT = 6, 5, 4
LIMIT = 120


def crc16(text):
    """CRC-16/CCITT-FALSE, bit by bit, as docs/serial-protocol.md describes it."""
    crc = 0xFFFF
    for byte in text.encode():
        for bit in range(8):
            high = (crc >> 15) ^ (byte >> (7 - bit) & 1)
            crc = (crc << 1 & 0xFFFF) ^ (0x1021 if high else 0)
    return crc


class Test:
    def __init__(self, machine):
        self.folder = TOP / "out/vm-test"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.board = Board(machine, self.folder / machine)
        self.machine, self.results, self.started = machine, [], time.monotonic()

    def check(self, name, condition, shown=""):
        """Waits until a condition holds; its value says what was seen."""
        begin, seen = time.monotonic(), None
        while True:
            try:
                seen = condition()
            except (BoardError, subprocess.TimeoutExpired) as e:
                seen, shown = None, str(e)
            if seen or time.monotonic() - begin > LIMIT:
                break
            time.sleep(0.5)
        seconds = time.monotonic() - begin
        self.results.append({"check": name, "passed": bool(seen), "seconds": round(seconds, 1)})
        print(f"[{time.monotonic() - self.started:5.0f}s] {'passed' if seen else 'FAILED'}  {name} ({seconds:.1f} s)", flush=True)
        if not seen:
            print("   ", shown() if callable(shown) else shown, self.journal(), flush=True)
        return bool(seen)

    def journal(self):
        return "\n" + self.board.ssh(f"journalctl -u {SERVICE} -n 12 --no-pager -o cat; systemctl status {SERVICE} --no-pager -n 0", check=False).stdout

    def show(self, name):
        return self.board.ask(f"systemctl show {SERVICE} -p {name} --value")

    def pid(self):
        return self.show("MainPID")

    def active(self):
        return self.show("ActiveState") == "active"

    def pin(self, line):
        return self.board.pins() >> line & 1

    def pins_are(self, zero, seven):
        return (self.pin(ZERO), self.pin(SEVEN)) == (zero, seven)

    def events(self, name):
        return self.board.ask(f"journalctl -u {SERVICE} EDGED_EVENT={name} -o cat --no-pager")

    def said(self, label):
        """Whether a sound line with this label came over the serial port."""
        for line in self.board.serial_lines():
            m = re.fullmatch(r"\$(EDGE,\d+,\d+,-?\d+,\d+,([^*]*))\*([0-9A-F]{4})", line)
            if m and int(m[3], 16) == crc16(m[1]) and m[2] == label:
                return line
        return None

    def camera(self, digit):
        self.board.ssh(f"vboard-camera {f'/root/{digit}.yuyv' if digit else 'off'}")

    def config(self, name, **changes):
        config = {
            "model": "/usr/share/edge-runtime/models/digits-int8.edge",
            "source": {"kind": "camera", "device": "/dev/video0", "width": 640, "height": 480, "format": "yuyv", "framesPerSecond": 10},
            "decision": {"minimumConfidence": 0.6, "hysteresis": 0.1, "requiredFrames": 2, "ofFrames": 3},
            "reporters": [
                {"kind": "console", "report": "changes"},
                {"kind": "gpio", "chip": self.board.gpio_chip, "pins": {"7": SEVEN, "0": ZERO}, "heartbeatPin": BEAT},
                {"kind": "serial", "path": self.board.tty},
                {"kind": "socket", "path": "/run/edge-runtime/predictions"},
                {"kind": "file", "path": "/var/lib/edge-runtime/lines.jsonl", "maximumBytes": 100000},
            ]} | changes
        path = self.folder / name
        path.write_text("// made by vm_test.py\n" + json.dumps(config, indent=2))
        return path

    def deploy(self, *arguments):
        options = []
        for key, value in zip(self.board.ssh_options, self.board.ssh_options[1:]):
            if key == "-o":
                options += ["--ssh-option", value]
        options += ["--ssh-option", f"Port={self.board.port}", "--ssh-option", f"IdentityFile={self.board.ssh_options[2]}"]
        result = subprocess.run(
            [str(TOP / "deploy/deploy.sh"), "root@127.0.0.1", "--no-build", "--timeout", "120", *options, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        (self.folder / f"deploy-{len(self.results)}.log").write_text(result.stdout + result.stderr)
        return result

    # --- the parts, in order: each begins with a service that runs and shows 7 ---

    def deployment(self):
        for digit in "70":
            subprocess.run([str(HERE / "digit.py"), digit, str(self.folder / f"{digit}.yuyv")], check=True)
        self.board.put(self.folder / "7.yuyv", self.folder / "0.yuyv", to="/root/")
        self.camera("7")
        result = self.deploy("--config", self.config("config.json"))
        self.check("deploy.sh installs, starts and waits for the first prediction", lambda: result.returncode == 0, result.stdout + result.stderr)
        self.check("the service is active, under an account of its own", lambda: self.active() and self.board.ask(f"ps -o user= -p {self.pid()}") not in ("", "root"))
        self.check("the pin of 7 is high, that of 0 low, seen at the controller", lambda: self.pins_are(0, 1), lambda: bin(self.board.pins()))
        self.check("the serial port says 7, with a right checksum", lambda: self.said("7"))
        beats = set()
        self.check("the heartbeat pin blinks", lambda: beats.add(self.pin(BEAT)) or len(beats) == 2)
        self.camera("0")
        self.check("another picture: the pin of 0 is high, that of 7 low", lambda: self.pins_are(1, 0), lambda: bin(self.board.pins()))
        self.check("the serial port says 0", lambda: self.said("0"))
        self.camera("7")
        self.check("and 7 again", lambda: self.pins_are(0, 1))
        self.check("programs on the board read predictions from the socket", lambda: '"label":"7"' in self.board.ask("timeout 5 socat -u UNIX-CONNECT:/run/edge-runtime/predictions - | head -3", check=False))
        self.check("and from the file", lambda: '"label":"7"' in self.board.ask("tail -n 1 /var/lib/edge-runtime/lines.jsonl"))
        self.check("the journal has structured messages", lambda: "first prediction" in self.events("ready"))
        self.check("systemctl status tells label and rate", lambda: "frames/s" in self.show("StatusText"))
        self.check("systemd-analyze security is at most 1.5", lambda: float(self.board.ask(f"systemd-analyze security {SERVICE} --no-pager | tail -1").split(": ")[1].split()[0]) <= 1.5)
        self.check("resident memory is at most 40 MB", lambda: int(self.board.ask(f"ps -o rss= -p {self.pid()}")) <= 40960, lambda: self.board.ask(f"ps -o rss= -p {self.pid()}"))

    def tools(self):
        self.check("edged doctor finds the busy camera and the rest good", lambda: "digits-int8.edge: input 28x28" in self.board.ask("edged doctor", check=False))
        self.check("edged camera list names the camera and its formats", lambda: "Yuyv: " in self.board.ask("edged camera list"))
        self.board.ssh(f"systemctl stop {SERVICE}")
        self.check("a stopped service leaves all pins low", lambda: self.board.pins() & (1 << ZERO | 1 << SEVEN | 1 << BEAT) == 0)
        self.check("and ended well", lambda: (self.show("Result"), self.show("ExecMainStatus")) == ("success", "0"))
        self.check("edged camera grab gives the very bytes that the camera shows",
                   lambda: self.board.ask("edged camera grab --format yuyv -o /tmp/a.raw >/dev/null && cmp /tmp/a.raw /root/7.yuyv && echo same", check=False) == "same")
        self.board.ssh(f"systemctl start {SERVICE}")
        self.check("it starts again", lambda: self.pins_are(0, 1))

    def reload(self):
        pid = self.pid()
        self.board.ssh("cp /usr/share/edge-runtime/models/digits-int8.edge /etc/edge-runtime/other.edge; printf '%s\\n' zero one two three four five six seven eight nine >/etc/edge-runtime/names.txt")
        config = json.loads(self.config("swap.json").read_text().split("\n", 1)[1])
        config["model"], config["labels"] = "other.edge", "names.txt"
        config["reporters"][1]["pins"] = {"seven": SEVEN, "zero": ZERO}
        (self.folder / "swap.json").write_text(json.dumps(config))
        self.board.put(self.folder / "swap.json", to="/etc/edge-runtime/config.json")
        self.board.ssh(f"systemctl reload {SERVICE}")
        self.check("SIGHUP takes another model over: its names on the serial port", lambda: self.said("seven"))
        self.check("and its pins", lambda: self.pins_are(0, 1))
        self.check("in the same process", lambda: self.pid() == pid)
        self.board.ssh(f"head -c 20000 /dev/urandom >/etc/edge-runtime/other.edge; systemctl reload {SERVICE}")
        self.check("a damaged model is refused with a message", lambda: "other.edge" in self.events("reload-failed"))
        self.board.ssh(f"printf '{{\\n \"modle\": 1 }}' >/etc/edge-runtime/config.json; systemctl reload {SERVICE}")
        self.check("a wrong configuration is refused with line and column", lambda: "config.json:2:" in self.events("reload-failed"))
        self.board.serial_lines()
        self.check("the old one goes on, in the same process", lambda: self.said("seven") and self.active() and self.pid() == pid)
        self.board.put(self.config("config.json"), to="/etc/edge-runtime/config.json")
        self.board.ssh(f"systemctl reload {SERVICE}")
        self.check("a right configuration is taken over again", lambda: self.said("7"))

    def crash(self):
        pid = self.pid()
        self.board.ssh(f"kill -9 {pid}")
        self.check("kill -9: all pins are low before it starts again", lambda: self.board.pins() & (1 << ZERO | 1 << SEVEN) == 0)
        self.check("it starts again and the pin is high", lambda: self.pid() not in ("0", pid) and self.pins_are(0, 1))

    def unplugged(self):
        pid = self.pid()
        self.board.ssh("v4l2-ctl -d0 -c disconnect=1; sleep 1; vboard-camera off")
        self.check("an unplugged camera is told", lambda: self.events("camera") != "")
        self.board.ssh("for i in $(seq 50); do rmmod vivid && break; sleep 0.2; done; modprobe vivid; udevadm settle; vboard-camera /root/0.yuyv")
        self.check("plugged in again it is used again", lambda: self.pins_are(1, 0))
        self.check("without a restart", lambda: self.pid() == pid)
        self.camera("7")
        self.check("and shows what it sees", lambda: self.pins_are(0, 1))

    def watchdog(self):
        restarts = int(self.show("NRestarts"))
        self.board.ssh("v4l2-ctl -d0 -c percentage_of_dropped_buffers=100")
        self.check("a camera that hangs: the watchdog restarts the service", lambda: int(self.show("NRestarts")) > restarts)
        self.check("systemd says so", lambda: "watchdog" in self.board.ask(f"journalctl -u {SERVICE} -o cat --no-pager").lower())
        self.board.ssh("v4l2-ctl -d0 -c percentage_of_dropped_buffers=0")
        self.check("when the camera goes on, the service does", lambda: self.active() and self.pins_are(0, 1))

    def faults(self):
        pid = self.pid()
        self.board.ssh("date -s '+1 year'; sleep 3; date -s '-1 year -1 day'; sleep 3")
        self.check("a clock that jumps changes nothing", lambda: self.active() and self.pid() == pid and self.pins_are(0, 1))
        self.board.ssh(f"date -s @{int(time.time())}")
        self.board.ssh(f"systemctl stop {SERVICE}; chip=$(gpiodetect | grep -F '{self.board.gpio_chip}' | cut -d' ' -f1); "
                       f"setsid gpioset --mode=signal $chip {ZERO}=0 </dev/null >/dev/null 2>&1 & echo $! >/run/holder; sleep 2; systemctl start {SERVICE}")
        self.check("a pin in use by another program is told, and the rest works", lambda: "in use" in self.events("reporter-failed") and self.active())
        self.board.ssh("kill $(cat /run/holder) || pkill -x gpioset")
        self.check("once it is free it is used", lambda: self.pins_are(0, 1))
        for attempt in range(4):
            self.board.ssh(f"systemctl restart --no-block {SERVICE}; sleep {0.3 * attempt + 0.1}; systemctl stop {SERVICE}")
            self.check(f"SIGTERM {0.3 * attempt + 0.1:.1f} s after the start: it ends well, pins low",
                       lambda: self.show("Result") == "success" and self.board.pins() & (1 << ZERO | 1 << SEVEN) == 0)
        self.board.ssh(f"systemctl reset-failed {SERVICE}; systemctl start {SERVICE}")
        self.check("and starts again", lambda: self.pins_are(0, 1))

    def rollback(self):
        bad = self.folder / "bad.edge"
        bad.write_bytes(b"no model" * 1000)
        result = self.deploy("--model", bad, "--config", self.config("bad.json", model="/etc/edge-runtime/model.edge"))
        self.check("deploy.sh with a bad model fails and goes back to what was there", lambda: result.returncode == 1 and "the former version runs again" in result.stdout, result.stdout + result.stderr)
        self.check("which runs", lambda: self.active() and self.pins_are(0, 1))
        good = self.deploy("--model", TOP / "deploy/models/digits-int8.edge", "--config", self.config("good.json", model="/etc/edge-runtime/model.edge"))
        self.check("deploy.sh with a model and configuration succeeds", lambda: good.returncode == 0, good.stdout + good.stderr)

    def reboot(self):
        boot = self.board.ask("cat /proc/sys/kernel/random/boot_id")
        self.board.ssh("systemctl reboot", check=False)
        self.board.forget_connection()
        time.sleep(5)
        self.board.wait_for_login()
        self.check("the board has booted again", lambda: self.board.ask("cat /proc/sys/kernel/random/boot_id") != boot)
        self.check("the service has started by itself", self.active)
        self.camera("0")
        self.check("and recognises", lambda: self.pins_are(1, 0))
        self.camera("7")
        self.check("all it is shown", lambda: self.pins_are(0, 1))

    def package(self):
        pid = self.pid()
        newer = TOP / "out/edge-runtime_0.1.1_arm64.deb"
        subprocess.run([str(TOP / "deploy/package.sh")], check=True, env={**os.environ, "EDGE_VERSION": "0.1.1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.board.put(newer, to="/root/")
        for file in (newer, newer.with_name("edge-runtime-0.1.1-arm64.tar.gz")):
            file.unlink()
        self.board.ssh("DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i /root/edge-runtime_0.1.1_arm64.deb")
        self.check("an upgrade keeps the configuration and restarts the service", lambda: self.pid() not in ("0", pid) and self.pins_are(0, 1))
        self.check("the version is the new one", lambda: self.board.ask("dpkg-query -W -f '${Version}' edge-runtime") == "0.1.1")
        self.board.ssh("dpkg --remove edge-runtime")
        self.check("removed: stopped, pins low, configuration kept", lambda: self.board.ask(f"systemctl is-active {SERVICE}", check=False) != "active"
                   and self.board.pins() & (1 << ZERO | 1 << SEVEN | 1 << BEAT) == 0 and self.board.ssh("test -e /etc/edge-runtime/config.json", check=False).returncode == 0)
        self.board.ssh("rm -f /etc/edge-runtime/other.edge /etc/edge-runtime/names.txt; dpkg --purge edge-runtime")
        self.check("purged: nothing is left", lambda: self.board.ask(
            "ls -d /etc/edge-runtime /var/lib/edge-runtime /var/lib/private/edge-runtime /var/lib/edge-runtime-deploy /usr/lib/edge-runtime /usr/bin/edged "
            "/etc/systemd/system/multi-user.target.wants/edge-runtime.service 2>/dev/null", check=False) == "")

    PARTS = ("deployment", "tools", "reload", "crash", "unplugged", "watchdog", "faults", "rollback", "reboot", "package")

    def run(self, only):
        self.board.start()
        print(f"[{time.monotonic() - self.started:5.0f}s] {self.machine} has booted: {self.board.ask('uname -r')}", flush=True)
        for part in self.PARTS:
            if only and part not in only and part != "deployment":
                continue
            try:
                getattr(self, part)()
            except (BoardError, subprocess.SubprocessError) as e:
                self.results.append({"check": f"{part} runs to its end", "passed": False, "seconds": 0})
                print(f"FAILED  {part}: {e} {self.journal()}", flush=True)


def main():
    arguments = sys.argv[1:]
    only = [arguments[i + 1] for i, a in enumerate(arguments) if a == "--only"]
    machine = arguments[0] if arguments and not arguments[0].startswith("-") else "virt"
    subprocess.run([str(HERE / "image.sh")], check=True)
    test = Test(machine)
    try:
        test.run(only)
    finally:
        test.board.stop()
    failed = sum(not r["passed"] for r in test.results)
    report = {"machine": machine, "complete": not only, "seconds": round(time.monotonic() - test.started), "checks": test.results}
    (test.folder / f"{machine}.json").write_text(json.dumps(report, indent=1) + "\n")
    print(f"{len(test.results) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
