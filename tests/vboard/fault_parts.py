"""What goes wrong on boards, and how the service is afterwards. Each part begins with a service that runs and shows 7."""
import time

import large_model
from board_test import BEAT, SERVICE, SEVEN, ZERO


def crash(t):
    pid = t.pid()
    t.board.ssh(f"kill -9 {pid}")
    t.check("kill -9: all pins are low before it starts again", lambda: t.board.pins() & (1 << ZERO | 1 << SEVEN) == 0)
    t.check("it starts again and the pin is high", lambda: t.pid() not in ("0", pid) and t.pins_are(0, 1))


def unplugged(t):
    pid = t.pid()
    t.unplug()
    t.check("an unplugged camera is told", lambda: t.events("camera") != "")
    t.plug("0")
    t.check("plugged in again it is used again", lambda: t.pins_are(1, 0))
    t.check("without a restart", lambda: t.pid() == pid)
    t.camera("7")
    t.check("and shows what it sees", lambda: t.pins_are(0, 1))
    t.camera("0")
    t.check("another picture is recognised", lambda: t.pins_are(1, 0))
    t.unplug()
    # The third of vivid's timings is 1280x720 at 24 Hz: a camera that has no other size than that.
    t.plug("7", 1280, 720, timings=3)
    t.check("a camera of another size is used in its place", lambda: t.pins_are(0, 1), lambda: t.board.ask("v4l2-ctl -d0 -V"))
    t.check("which delivers 1280x720", lambda: "1280/720" in t.board.ask("v4l2-ctl -d0 -V"))
    t.check("in the same process", lambda: t.pid() == pid)
    t.unplug()
    t.plug("7")
    t.check("the first one comes back", lambda: t.pins_are(0, 1) and "640/480" in t.board.ask("v4l2-ctl -d0 -V"))


def no_camera(t):
    t.board.ssh(f"systemctl stop {SERVICE}")
    t.unplug()
    mark = t.mark("camera")
    t.board.ssh(f"systemctl start --no-block {SERVICE}")
    t.check("without a camera it says so", lambda: "there is no such device" in t.events("camera", mark))
    t.check("and is not ready", lambda: t.show("ActiveState") == "activating" and "no such device" in t.show("StatusText"))
    t.plug("7")
    t.check("once there is one it is ready and recognises", lambda: t.active() and t.pins_are(0, 1))


def watchdog(t):
    restarts = int(t.show("NRestarts"))
    t.board.ssh("v4l2-ctl -d0 -c percentage_of_dropped_buffers=100")
    t.check("a camera that hangs: the watchdog restarts the service", lambda: int(t.show("NRestarts")) > restarts)
    t.check("systemd says so", lambda: "watchdog" in t.board.ask(f"journalctl -u {SERVICE} -o cat --no-pager").lower())
    t.board.ssh("v4l2-ctl -d0 -c percentage_of_dropped_buffers=80")
    t.check("when the camera goes on, the service does", lambda: t.active() and t.pins_are(0, 1))


def faults(t):
    pid = t.pid()
    t.board.ssh("date -s '+1 year'; sleep 3; date -s '-1 year -1 day'; sleep 3")
    t.check("a clock that jumps changes nothing", lambda: t.active() and t.pid() == pid and t.pins_are(0, 1))
    t.board.ssh(f"date -s @{int(time.time())}")
    t.board.ssh(f"systemctl stop {SERVICE}; chip=$(gpiodetect | grep -F '{t.board.gpio_chip}' | cut -d' ' -f1); "
                f"hold=--mode=signal; gpioset --version | grep -q 'libgpiod) v2' && hold=--chip; setsid gpioset $hold $chip {ZERO}=0 </dev/null >/dev/null 2>&1 & echo $! >/run/holder; sleep 2; systemctl start {SERVICE}")
    t.check("a pin in use by another program is told, and the rest works", lambda: "in use" in t.events("reporter-failed") and t.active())
    t.board.ssh("kill $(cat /run/holder) || pkill -x gpioset")
    t.check("once it is free it is used", lambda: t.pins_are(0, 1))
    for attempt in range(4):
        t.board.ssh(f"systemctl reset-failed {SERVICE}; systemctl restart --no-block {SERVICE}; sleep {0.3 * attempt + 0.1}; systemctl stop {SERVICE}")
        t.check(f"SIGTERM {0.3 * attempt + 0.1:.1f} s after the start: it ends well, pins low",
                lambda: t.show("Result") == "success" and t.board.pins() & (1 << ZERO | 1 << SEVEN) == 0)
    t.board.ssh(f"systemctl reset-failed {SERVICE}; systemctl start {SERVICE}")
    t.check("and starts again", lambda: t.pins_are(0, 1))


def serial_gone(t):
    """The generic board's port is a card that can be taken out; the Pi's own cannot vanish, and its driver does not let go of it."""
    if t.board.hardware != "virt":
        return
    pid, mark, tty = t.pid(), t.mark("reporter-failed"), t.board.tty.removeprefix("/dev/")
    device = t.board.ask(f"readlink -f /sys/class/tty/{tty}/device")
    driver = t.board.ask(f"readlink -f {device}/driver")
    name = device.split("/")[-1]
    t.board.ssh(f"echo {name} >{driver}/unbind")
    t.check("a serial port that is gone is told", lambda: f"serial {t.board.tty}" in t.events("reporter-failed", mark))
    t.check("and the rest works", lambda: t.active() and t.pins_are(0, 1))
    t.board.ssh(f"echo {name} >{driver}/bind")
    t.board.serial_lines()
    t.check("once it is back it is used", lambda: t.said("7"))
    t.check("in the same process", lambda: t.pid() == pid)


def full_disk(t):
    pid, mark, working = t.pid(), t.mark("reporter-failed"), t.mark("reporter-works")
    t.board.ssh("fallocate -l $(df -B1 --output=avail / | tail -1) /var/full; sync")
    t.check("a full disk is told", lambda: "No space left" in t.events("reporter-failed", mark), lambda: t.board.ask("df /"))
    t.check("and the rest works", lambda: t.active() and t.pins_are(0, 1) and t.said("7"))
    t.board.ssh("rm /var/full")
    t.check("with room again the file goes on", lambda: "file /var/lib/edge-runtime/lines.jsonl works again" in t.events("reporter-works", working))
    t.check("with whole lines", lambda: t.board.ask("tail -n 2 /var/lib/edge-runtime/lines.jsonl | head -n 1").startswith('{"frame"'))
    t.check("in the same process", lambda: t.pid() == pid)


def cannot_begin(t):
    t.board.ssh("head -c 5000 /usr/share/edge-runtime/models/digits-int8.edge >/etc/edge-runtime/other.edge")
    t.board.put(t.config("config.json", model="other.edge"), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl restart {SERVICE}", check=False)
    t.check("a model cut off at the start: systemd knows the service as failed, with its exit code", lambda: (t.show("ActiveState"), t.show("ExecMainStatus")) == ("failed", "4"))
    t.check("a message names the file", lambda: "other.edge" in t.board.ask(f"journalctl -u {SERVICE} -n 20 -o cat --no-pager"))
    (t.folder / "large.edge").write_bytes(large_model.file())
    t.board.put(t.folder / "large.edge", to="/etc/edge-runtime/other.edge")
    t.board.ssh(f"systemctl reset-failed {SERVICE}; systemctl restart {SERVICE}", check=False)
    t.check("a model that does not fit the memory: failed, too", lambda: (t.show("ActiveState"), t.show("ExecMainStatus")) == ("failed", "4"))
    t.check("a message tells what it needs, and the limit", lambda: "needs 3200000000 bytes of working memory; the limit is" in t.board.ask(f"journalctl -u {SERVICE} -n 20 -o cat --no-pager"))
    t.check("pins are low", lambda: t.board.pins() & (1 << ZERO | 1 << SEVEN | 1 << BEAT) == 0)
    t.board.put(t.config("config.json"), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl restart {SERVICE}")
    t.check("with a right one it starts", lambda: t.pins_are(0, 1))
    pid, mark = t.pid(), t.mark("reload-failed")
    t.board.put(t.config("config.json", model="other.edge"), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("a reload with one that does not fit is refused", lambda: "working memory" in t.events("reload-failed", mark))
    t.check("the right one goes on in the same process", lambda: t.active() and t.pid() == pid and t.pins_are(0, 1))
    t.board.put(t.config("config.json"), to="/etc/edge-runtime/config.json")
