"""The service as users run it: deployed, asked, reloaded, deployed again, rebooted, upgraded, removed. Each part begins with a service that runs and shows 7."""
import os
import subprocess
import time

import digits
from board import TOP, BoardError
from board_test import BEAT, FOURTH, SERVICE, SEVEN, ZERO


def deployment(t):
    for name, digit, width, height in (("7", "7", 640, 480), ("0", "0", 640, 480), ("7-1280", "7", 1280, 720)):
        (t.folder / f"{name}.yuyv").write_bytes(digits.yuyv(digit, width, height))
    t.board.put(*(t.folder / f"{name}.yuyv" for name in ("7", "0", "7-1280")))
    t.camera("7")
    result = t.deploy("--config", t.config("config.json"))
    t.check("deploy.sh installs, starts and waits for the first prediction", lambda: result.returncode == 0, result.stdout + result.stderr)
    t.check("the service is active, under an account of its own", lambda: t.active() and t.board.ask(f"ps -o user= -p {t.pid()}") not in ("", "root"))
    t.check("the pin of 7 is high, that of 0 low, seen at the controller", lambda: t.pins_are(0, 1), lambda: bin(t.board.pins()))
    t.check("the kernel has them as outputs, high and low", lambda: t.kernel_pins().items() >= {SEVEN: "hi", ZERO: "lo"}.items(), lambda: t.board.ask("cat /sys/kernel/debug/gpio"))
    t.check("the serial port says 7, with a right checksum", lambda: t.said("7"))
    beats = set()
    t.check("the heartbeat pin blinks", lambda: beats.add(t.pin(BEAT)) or len(beats) == 2)
    t.camera("0")
    t.check("another picture: the pin of 0 is high, that of 7 low", lambda: t.pins_are(1, 0), lambda: bin(t.board.pins()))
    t.check("the serial port says 0", lambda: t.said("0"))
    t.camera("7")
    t.check("and 7 again", lambda: t.pins_are(0, 1))
    t.check("programs on the board read predictions from the socket", lambda: '"label":"7"' in t.board.ask("timeout 5 socat -u UNIX-CONNECT:/run/edge-runtime/predictions - | head -3", check=False))
    t.check("and from the file", lambda: '"label":"7"' in t.board.ask("tail -n 1 /var/lib/edge-runtime/lines.jsonl"))
    t.check("the journal has structured messages", lambda: "first prediction" in t.events("ready"))
    t.check("systemctl status tells label and rate", lambda: "frames/s" in t.show("StatusText"))
    t.check("systemd-analyze security is at most 1.5", lambda: t.security() <= 1.5)
    t.check("resident memory is at most 40 MB", lambda: t.memory() <= 40960)


def tools(t):
    t.check("edged doctor finds the busy camera and the rest good", lambda: "digits-int8.edge: input 28x28" in t.board.ask("edged doctor", check=False))
    t.check("edged camera list names the camera and its formats", lambda: "Yuyv: " in t.board.ask("edged camera list"))
    t.board.ssh(f"systemctl stop {SERVICE}")
    t.check("a stopped service leaves all pins low", lambda: t.board.pins() & (1 << ZERO | 1 << SEVEN | 1 << BEAT) == 0)
    t.check("and ended well", lambda: (t.show("Result"), t.show("ExecMainStatus")) == ("success", "0"))
    t.check("edged camera grab gives the very bytes that the camera shows",
               lambda: t.board.ask("edged camera grab --format yuyv -o /tmp/a.raw >/dev/null && cmp /tmp/a.raw 7.yuyv && echo same", check=False) == "same")
    t.board.ssh("vboard-camera bars")
    t.check("pictures in YUYV, UYVY, NV12, YUV420, RGB24 and GREY are the same", lambda: same_pictures(t))
    t.camera("7")
    t.board.ssh(f"systemctl start {SERVICE}")
    t.check("it starts again", lambda: t.pins_are(0, 1))


def same_pictures(t):
    """Takes the camera's colour bars in every format and compares the pictures, in the middle of each bar, by colour, the grey one by brightness."""
    formats = ("rgb24", "yuyv", "uyvy", "nv12", "yuv420", "grey")
    t.board.ssh(" && ".join(f"edged camera grab --skip 1 --format {f} -o {f}.ppm" for f in formats))
    pictures = {f: t.board.picture(f"{f}.ppm") for f in formats}
    middles = [(3 * (240 * 640 + 40 + 80 * bar)) for bar in range(8)]
    for f in formats:
        for at in middles:
            want, got = pictures["rgb24"][at:at + 3], pictures[f][at:at + 3]
            if f == "grey":
                # This driver makes grey with BT.709's weights of red, green and blue.
                brightness = 0.2126 * want[0] + 0.7152 * want[1] + 0.0722 * want[2]
                want = (brightness, brightness, brightness)
            if max(abs(a - b) for a, b in zip(want, got)) > 6:
                raise BoardError(f"{f} at {at}: {list(got)} instead of {list(want)}")
    return len({pictures["rgb24"][at:at + 3] for at in middles}) == 8


def reload(t):
    pid = t.pid()
    t.board.ssh("cp /usr/share/edge-runtime/models/digits-int8.edge /etc/edge-runtime/other.edge; printf '%s\\n' zero one two three four five six seven eight nine >/etc/edge-runtime/names.txt")
    config = t.settings(model="other.edge", labels="names.txt")
    config["reporters"][1]["pins"] = {"seven": SEVEN, "zero": ZERO}
    t.board.put(t.write("swap.json", config), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("SIGHUP takes another model over: its names on the serial port", lambda: t.said("seven"))
    t.check("and its pins", lambda: t.pins_are(0, 1))
    t.check("in the same process", lambda: t.pid() == pid)
    t.board.ssh(f"head -c 20000 /dev/urandom >/etc/edge-runtime/other.edge; systemctl reload {SERVICE}")
    t.check("a damaged model is refused with a message", lambda: "other.edge" in t.events("reload-failed"))
    t.board.ssh(f"printf '{{\\n \"modle\": 1 }}' >/etc/edge-runtime/config.json; systemctl reload {SERVICE}")
    t.check("a wrong configuration is refused with line and column", lambda: "config.json:2:" in t.events("reload-failed"))
    t.board.serial_lines()
    t.check("the old one goes on, in the same process", lambda: t.said("seven") and t.active() and t.pid() == pid)
    t.board.put(t.config("config.json"), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("a right configuration is taken over again", lambda: t.said("7"))
    config = t.settings()
    config["source"]["gain"] = 77
    t.board.put(t.write("gain.json", config), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("a control of the camera is set", lambda: t.board.ask("v4l2-ctl -d0 -C gain") == "gain: 77")
    config["reporters"][1] = {"kind": "gpio", "chip": t.board.gpio_chip, "binaryPins": [ZERO, SEVEN, BEAT, FOURTH]}
    config["reporters"][2]["protocol"] = "binary"
    t.board.put(t.write("binary.json", config), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("pins as a binary number: 7 is 8, the fourth bit", lambda: [t.pin(line) for line in (FOURTH, BEAT, SEVEN, ZERO)] == [1, 0, 0, 0], lambda: bin(t.board.pins()))
    t.check("the compact protocol says 7 on the serial port", lambda: t.said_binary(7))
    t.board.put(t.config("config.json"), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("and back", lambda: t.pins_are(0, 1) and t.said("7"))


def reboot(t):
    boot = t.board.ask("cat /proc/sys/kernel/random/boot_id")
    t.board.ssh("systemctl reboot", check=False)
    t.board.forget_connection()
    time.sleep(5)
    t.board.wait_for_login()
    t.check("the board has booted again", lambda: t.board.ask("cat /proc/sys/kernel/random/boot_id") != boot)
    t.check("the service has started by itself", t.active)
    t.camera("0")
    t.check("and recognises", lambda: t.pins_are(1, 0))
    t.camera("7")
    t.check("all it is shown", lambda: t.pins_are(0, 1))


def package(t):
    pid = t.pid()
    newer = TOP / "out/edge-runtime_0.1.1_arm64.deb"
    subprocess.run([str(TOP / "deploy/package.sh")], check=True, env={**os.environ, "EDGE_VERSION": "0.1.1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    t.board.put(newer)
    for file in (newer, newer.with_name("edge-runtime-0.1.1-arm64.tar.gz")):
        file.unlink()
    t.board.ssh("DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i edge-runtime_0.1.1_arm64.deb")
    t.check("an upgrade keeps the configuration and restarts the service", lambda: t.pid() not in ("0", pid) and t.pins_are(0, 1))
    t.check("the version is the new one", lambda: t.board.ask("dpkg-query -W -f '${Version}' edge-runtime") == "0.1.1")
    t.board.ssh("dpkg --remove edge-runtime")
    t.check("removed: stopped, pins low, configuration kept", lambda: t.board.ask(f"systemctl is-active {SERVICE}", check=False) != "active"
               and t.board.pins() & (1 << ZERO | 1 << SEVEN | 1 << BEAT) == 0 and t.board.ssh("test -e /etc/edge-runtime/config.json", check=False).returncode == 0)
    t.board.ssh("rm -f /etc/edge-runtime/other.edge /etc/edge-runtime/names.txt; dpkg --purge edge-runtime")
    t.check("purged: nothing is left", lambda: t.board.ask(
        "ls -d /etc/edge-runtime /var/lib/edge-runtime /var/lib/private/edge-runtime /var/lib/edge-runtime-deploy /usr/lib/edge-runtime /usr/bin/edged "
        "/etc/systemd/system/multi-user.target.wants/edge-runtime.service 2>/dev/null", check=False) == "")


def archive(t):
    """The plain archive, where nothing was installed before."""
    version = next(line.split(">")[1].split("<")[0] for line in (TOP / "Directory.Build.props").read_text().splitlines() if "<Version>" in line)
    name = f"edge-runtime-{version}-arm64.tar.gz"
    t.board.put(TOP / "out" / name, t.config("config.json"))
    t.board.ssh(f"tar -xzf {name} && {name.removesuffix('-arm64.tar.gz')}/install.sh && cp config.json /etc/edge-runtime/ && systemctl enable --now {SERVICE}")
    t.check("from the plain archive it is installed and runs", lambda: t.active() and t.pins_are(0, 1))
    t.board.ssh(f"{name.removesuffix('-arm64.tar.gz')}/install.sh --remove")
    t.check("and is removed again: stopped, pins low, configuration kept", lambda: not t.active() and t.board.pins() & (1 << ZERO | 1 << SEVEN | 1 << BEAT) == 0 and t.board.ask(
        "ls -d /etc/edge-runtime/config.json /usr/lib/edge-runtime /usr/bin/edged /lib/systemd/system/edge-runtime.service 2>/dev/null", check=False) == "/etc/edge-runtime/config.json")
