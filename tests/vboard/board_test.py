"""What the parts of the test on an emulated board share: a board, checks that wait, and what is seen from outside."""
import json
import re
import subprocess
import time

from board import TOP, Board, BoardError

SERVICE = "edge-runtime.service"
ZERO, SEVEN, BEAT, FOURTH = 6, 5, 4, 2
LIMIT = 120


def crc16(data):
    """CRC-16/CCITT-FALSE, bit by bit, as docs/serial-protocol.md describes it."""
    crc = 0xFFFF
    for byte in data:
        for bit in range(8):
            high = (crc >> 15) ^ (byte >> (7 - bit) & 1)
            crc = (crc << 1 & 0xFFFF) ^ (0x1021 if high else 0)
    return crc


class BoardTest:
    def __init__(self, machine):
        self.folder = TOP / "out/vm-test" / machine
        self.folder.mkdir(parents=True, exist_ok=True)
        self.board = Board(machine, self.folder / "board")
        self.machine, self.results, self.figures, self.started = machine, [], {}, time.monotonic()

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

    def kernel_pins(self):
        """Levels of the chip's lines that are outputs in somebody's hands, as the kernel has them ("hi", "lo"), by line."""
        text = self.board.ask("mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug; cat /sys/kernel/debug/gpio")
        first, lines = re.search(rf"^gpiochip\d+: GPIOs (\d+)-.* {re.escape(self.board.gpio_chip)}:\n((?: .*\n?)*)", text, re.MULTILINE).groups()
        return {int(line) - int(first): level for line, level in re.findall(r"^ gpio-(\d+) .*\|.*\) out (hi|lo)", lines, re.MULTILINE)}

    def security(self):
        """systemd's figure for what the service could do if it were taken over, 0 to 10."""
        self.figures["exposure by systemd-analyze security"] = figure = float(self.board.ask(f"systemd-analyze security {SERVICE} --no-pager | tail -1").split(": ")[1].split()[0])
        return figure

    def memory(self):
        """Kilobytes of memory that the service holds."""
        self.figures["resident memory of the service, kB"] = figure = int(self.board.ask(f"ps -o rss= -p {self.pid()}"))
        return figure

    def mark(self, name):
        """How many journal entries of a kind there are now, for those that come after."""
        return len(self.events(name).splitlines())

    def events(self, name, after=0):
        """Texts of the service's journal entries of one kind, without the first ones."""
        return "\n".join(self.board.ask(f"journalctl -u {SERVICE} EDGED_EVENT={name} -o cat --no-pager -q").splitlines()[after:])

    def said(self, label):
        """Whether a sound line with this label came over the serial port."""
        for line in self.board.serial_lines():
            m = re.fullmatch(r"\$(EDGE,\d+,\d+,-?\d+,\d+,([^*]*))\*([0-9A-F]{4})", line)
            if m and int(m[3], 16) == crc16(m[1].encode()) and m[2] == label:
                return line
        return None

    def said_binary(self, label):
        """Whether a message of the compact protocol with this label came, as docs/serial-protocol.md describes it."""
        data = self.board.serial_bytes()
        for at in range(len(data) - 15):
            message = data[at:at + 16]
            if message[:3] == b"\xa5\x5a\x01" and int.from_bytes(message[14:], "little") == crc16(message[2:14]) and int.from_bytes(message[6:8], "little") == label:
                return True
        return False

    def camera(self, digit):
        self.board.ssh(f"vboard-camera {digit}.yuyv")

    def unplug(self):
        """Takes the camera away from under whoever uses it, and waits until that has let it go."""
        self.board.ssh("vboard-camera off; echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind; for i in $(seq 100); do ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/video || break; sleep 0.2; done")

    def plug(self, digit, width=640, height=480, timings=0):
        """Plugs a camera in that has only this size and shows a digit. The service sleeps until it is complete: the driver makes it in several steps."""
        name = digit if width == 640 else f"{digit}-{width}"
        self.board.ssh(
            "pid=$(pidof edged); [ -z \"$pid\" ] || kill -STOP $pid; echo vivid.0 >/sys/bus/platform/drivers/vivid/bind; udevadm settle; "
            f"for d in 0 1; do v4l2-ctl -d $d --set-dv-bt-timings index={timings} >/dev/null; done; vboard-camera {name}.yuyv {width} {height}; [ -z \"$pid\" ] || kill -CONT $pid")

    def config(self, name, **changes):
        """The test's configuration, with other values for some keys, in a file."""
        return self.write(name, self.settings(**changes))

    def settings(self, **changes):
        return {
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

    def write(self, name, config):
        """A configuration file in the folder of results."""
        path = self.folder / name
        path.write_text("// made by vm_test.py\n" + json.dumps(config, indent=2))
        return path

    def deploy(self, *arguments, hosts=()):
        """deploy.sh to the board, or to these, each at its own address."""
        options = []
        for key, value in zip(self.board.ssh_options, self.board.ssh_options[1:]):
            if key == "-o":
                options += ["--ssh-option", value]
        options += ["--ssh-option", f"Port={self.board.port}", "--ssh-option", f"IdentityFile={self.board.ssh_options[2]}"]
        result = subprocess.run(
            [str(TOP / "deploy/deploy.sh"), *(hosts or [self.board.user]), "--no-build", "--timeout", "120", *options, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        (self.folder / f"deploy-{len(self.results)}.log").write_text(result.stdout + result.stderr)
        return result
