"""A USB camera that speaks MJPEG, a CSI camera behind rpicam-vid, and what may go wrong with them. Each part begins and ends with a service that runs and shows 7 of
the first camera."""
import digits
import usb_descriptors as usb
from board_test import SERVICE
from usb_camera import UsbCamera, jpeg

BY_ID = "/dev/v4l/by-id/usb-EdgeRuntime_Test_camera_1-video-index0"
WIDTH, HEIGHT = 640, 480


def usb_camera(t):
    """Only the generic board has a USB host for it."""
    if t.board.hardware != "virt":
        return
    seven, zero = (jpeg(digits.grey(d, WIDTH, HEIGHT), WIDTH, HEIGHT) for d in "70")
    camera = UsbCamera(t.board.folder / "camera", seven, WIDTH, HEIGHT, compressed=True)
    t.check("a USB camera is plugged in: edged camera list shows MJPEG", lambda: "Mjpeg: 640x480 10/s" in t.board.ask("edged camera list"), lambda: t.board.ask("dmesg | tail; ls /dev/v4l/by-id", check=False))
    config = t.settings()
    config["source"] = {"kind": "camera", "device": BY_ID}
    t.board.put(t.write("usb.json", config), to="/etc/edge-runtime/config.json")
    camera.show(zero)
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("its MJPEG frames are recognised", lambda: t.pins_are(1, 0), lambda: bin(t.board.pins()))
    camera.show(seven)
    t.check("another picture, too", lambda: t.pins_are(0, 1))
    controls(t, camera)
    pid = t.pid()
    broken_frames(t, camera, seven, zero, pid)
    camera = replugged(t, camera, seven)
    camera.close()
    first_camera(t)


def controls(t, camera):
    """Exposure, gain and power-line filter, as they arrive in the camera."""
    def configure(action, **controls):
        config = t.settings()
        config["source"] = {"kind": "camera", "device": BY_ID} | controls
        t.board.put(t.write("controls.json", config), to="/etc/edge-runtime/config.json")
        t.board.ssh(f"systemctl {action} {SERVICE}")

    def are(**wanted):
        return all(camera.controls[getattr(usb, name)] == value for name, value in wanted.items())

    configure("reload", exposureMicroseconds=20_000, gain=40, powerLine="hz60")
    t.check("exposure, gain and power-line filter arrive in the camera", lambda: are(EXPOSURE_MODE=usb.MANUAL, EXPOSURE=200, GAIN=40, POWER_LINE=2), lambda: camera.controls)
    configure("reload")
    t.check("without them the exposure is automatic again", lambda: are(EXPOSURE_MODE=usb.APERTURE_PRIORITY), lambda: camera.controls)
    mark = t.board.ask("date +%s")
    configure("reload", gain=1000)
    t.check("a gain that it does not have is told, with its limits", lambda: "gain 1000 is outside 0..100" in t.board.ask(f"journalctl -u {SERVICE} -S @{mark} -o cat --no-pager"))
    t.check("and the service is failed, with the exit code of a wrong configuration", lambda: (t.show("ActiveState"), t.show("ExecMainStatus")) == ("failed", "6"))
    configure("restart")
    t.check("with a right one it works again", lambda: t.active() and t.pins_are(0, 1))


def first_camera(t):
    t.board.put(t.config("config.json"), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("back to the first camera", lambda: t.active() and "/dev/video0" in t.events("reloaded").splitlines()[-1] and t.pins_are(0, 1))


def broken_frames(t, camera, seven, zero, pid):
    mark = t.mark("camera")
    camera.show(zero[:len(zero) // 2], zero)
    t.check("every second frame cut off: the others are recognised", lambda: t.pins_are(1, 0))
    t.check("the cut ones are told", lambda: "skipped" in t.events("camera", mark))
    t.check("and counted", lambda: ", 0 skipped" not in t.show("StatusText"))
    camera.show(jpeg(digits.grey("7", 320, 240), 320, 240))
    t.check("frames of another size than was agreed are recognised", lambda: t.pins_are(0, 1))
    mark = t.mark("camera")
    camera.show()
    t.check("a camera that stalls is told", lambda: "no frame within" in t.events("camera", mark))
    camera.show(zero)
    t.check("when it goes on it is used again", lambda: t.pins_are(1, 0))
    t.check("in the same process", lambda: t.pid() == pid)
    restarts = int(t.show("NRestarts"))
    camera.show(seven[:1000])
    t.check("nothing but cut frames: the watchdog restarts the service", lambda: int(t.show("NRestarts")) > restarts)
    camera.show(seven)
    t.check("with whole ones it works", lambda: t.active() and t.pins_are(0, 1))


def replugged(t, camera, seven):
    pid, mark = t.pid(), t.mark("camera")
    camera.close()
    t.check("pulled out: it is told", lambda: t.events("camera", mark) != "")
    camera = UsbCamera(t.board.folder / "camera", digits.yuyv("0", 320, 240), 320, 240, compressed=False)
    t.check("another with YUYV in 320x240 in its place is recognised", lambda: t.pins_are(1, 0), lambda: t.board.ask("edged camera list; dmesg | tail"))
    camera.close()
    camera = UsbCamera(t.board.folder / "camera", seven, WIDTH, HEIGHT, compressed=True)
    t.check("and the first one again", lambda: t.pins_are(0, 1))
    t.check("all in the same process", lambda: t.pid() == pid)
    return camera


def csi_camera(t):
    """No emulated board has a CSI camera: a stand-in for rpicam-vid writes the frames that it would, below the same restrictions of the service."""
    for digit in "07":
        path = t.folder / f"{digit}.yuv420"
        path.write_bytes(digits.grey(digit, WIDTH, HEIGHT) + bytes([128]) * (WIDTH * HEIGHT // 2))
        t.board.put(path, to="/usr/local/share/")
    t.board.ssh("ln -sf 0.yuv420 /usr/local/share/frame; printf '#!/bin/sh\\nwhile cat /usr/local/share/frame; do sleep 0.1; done\\n' >/usr/local/bin/rpicam-vid; chmod +x /usr/local/bin/rpicam-vid")
    config, pid, mark = t.settings(), t.pid(), t.mark("camera")
    config["source"] = {"kind": "rpicam", "width": WIDTH, "height": HEIGHT}
    t.board.put(t.write("csi.json", config), to="/etc/edge-runtime/config.json")
    t.board.ssh(f"systemctl reload {SERVICE}")
    t.check("rpicam-vid is started, its frames are recognised", lambda: t.pins_are(1, 0), lambda: t.events("camera", mark))
    child = f"pgrep -P {pid} rpicam-vid"
    t.board.ssh(f"kill -9 $({child})")
    t.check("when it ends that is told", lambda: "rpicam-vid ended" in t.events("camera", mark))
    t.board.ssh("ln -sf 7.yuv420 /usr/local/share/frame")
    t.check("and it is started again", lambda: t.pins_are(0, 1))
    mark = t.mark("camera")
    t.board.ssh(f"kill -STOP $({child})")
    t.check("when it stalls that is told", lambda: "no frame within" in t.events("camera", mark))
    t.board.ssh("ln -sf 0.yuv420 /usr/local/share/frame")
    t.check("and it is started again, the stalled one ended", lambda: t.pins_are(1, 0) and len(t.board.ask(child).split()) == 1)
    t.check("in the same process", lambda: t.pid() == pid)
    first_camera(t)
    t.check("no rpicam-vid is left", lambda: t.board.ask(child, check=False) == "")
