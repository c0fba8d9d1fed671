"""An emulated arm64 board, driven from outside: QEMU's control socket, its serial port, ssh.

The hardware virt is QEMU's generic board with a PL061 GPIO chip and a PCI serial port; raspi3b has the Pi 3's own pin controller and UART. Each boots an image that
image.sh makes, on a scratch disk over it.
"""
import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
IMAGES = pathlib.Path(os.environ.get("EDGE_VBOARD_CACHE") or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "edge-runtime/vboard")
# Hardware, release of Debian (12 has the first generation of libgpiod, 13, as Raspberry Pi OS has it now, the second), and a local address, so that all may run at once.
MACHINES = {"virt": ("virt", "bookworm", "127.0.0.1"), "virt-trixie": ("virt", "trixie", "127.0.0.3"), "raspi3b": ("raspi3b", "bookworm", "127.0.0.5")}
# A dumb terminal: systemd 257 asks others for their size, and nobody answers here.
KERNEL_OPTIONS = "quiet loglevel=3 systemd.show_status=0 apparmor=0 audit=0 TERM=dumb"


class BoardError(Exception):
    """The board does not do what it must for tests to make sense."""


class Board:
    """A board at a local address of its own; several may run at once."""

    def __init__(self, machine, folder, address=None, port=2222):
        self.hardware, self.suite, usual = MACHINES[machine]
        self.folder, self.address, self.port = folder, address or usual, port
        self.image = IMAGES / self.suite
        self.user = f"root@{self.address}"
        self.gpio_chip = {"virt": "9030000.pl061", "raspi3b": "pinctrl-bcm2835"}[self.hardware]
        self.tty = {"virt": "/dev/ttyS0", "raspi3b": "/dev/ttyAMA0"}[self.hardware]
        self.ssh_options = [
            "-q", "-i", str(self.image / "id_ed25519"), "-o", f"UserKnownHostsFile={self.image / 'known_hosts'}", "-o", "GlobalKnownHostsFile=/dev/null",
            "-o", "HostKeyAlias=vboard", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=20",
            # A new connection costs the emulated board seconds of cryptography: one is shared.
            "-o", "ControlMaster=auto", "-o", "ControlPersist=600", "-o", f"ControlPath={folder}/ssh-%h", "-o", "ServerAliveInterval=15"]
        self.process = None
        self.received = bytearray()
        self.gate = threading.Lock()

    def start(self):
        """Boots the board and waits for a login."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        disk = self.folder / "disk.qcow2"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(self.image / "root.ext4"), "-F", "raw", str(disk)], check=True)
        self.process = subprocess.Popen(
            self.command(disk), stdin=subprocess.DEVNULL, stdout=open(self.folder / "qemu.out", "w"), stderr=subprocess.STDOUT, start_new_session=True)
        self.wait_for_login()
        threading.Thread(target=self.read_serial, daemon=True).start()
        self.ssh(f"date -s @{int(time.time())}")

    def command(self, disk):
        serial, console = f"unix:{self.folder}/serial,server=on,wait=off", f"file:{self.folder}/console.log"
        # Watchdogs and limits count seconds as on a board: whatever else the PC does is to wait. Where that is not allowed, nice says so and goes on.
        common = [
            *(["nice", "-n", "-15"] if os.geteuid() == 0 else []), "qemu-system-aarch64", "-nodefaults", "-display", "none", "-kernel", str(self.image / "vmlinuz"), "-initrd", str(self.image / "initrd.img"),
            "-netdev", f"user,id=n0,restrict=on,hostfwd=tcp:{self.address}:{self.port}-:22", "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off"]
        if self.hardware == "virt":
            return common + [
                "-M", "virt,gic-version=3", "-cpu", "cortex-a72", "-smp", "2", "-m", "1G", "-append", f"console=ttyAMA0 {KERNEL_OPTIONS}",
                "-drive", f"if=none,id=d0,file={disk},format=qcow2,cache=unsafe", "-device", "virtio-blk-pci,drive=d0",
                "-device", "virtio-net-pci,netdev=n0,romfile=", "-serial", console,
                "-chardev", f"socket,id=s0,path={self.folder}/serial,server=on,wait=off", "-device", "pci-serial,chardev=s0",
                "-device", "qemu-xhci,id=usb", "-chardev", f"socket,id=camera,path={self.folder}/camera,server=on,wait=off", "-device", "usb-redir,chardev=camera"]
        return common + [
            "-M", "raspi3b", "-dtb", str(self.image / "dtb/bcm2837-rpi-3-b-nobt.dtb"),
            "-append", f"console=ttyS1,115200 8250.nr_uarts=4 modules_load=phy-generic,dwc2,cdc_ether,rndis_host,bcm2835_wdt {KERNEL_OPTIONS}",
            "-drive", f"if=sd,file={disk},format=qcow2,cache=unsafe", "-device", "usb-net,netdev=n0", "-serial", serial, "-serial", console]

    def wait_for_login(self, limit=600):
        """A connection is accepted before sshd runs: only a login counts."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise BoardError("QEMU ended: " + (self.folder / "qemu.out").read_text())
            try:
                if self.ssh("true", check=False, timeout=60).returncode == 0:
                    return
            except subprocess.TimeoutExpired:
                pass
            time.sleep(1)
        raise BoardError("no login: " + (self.folder / "console.log").read_text(errors="replace")[-2000:])

    def ssh(self, command, check=True, timeout=180):
        """Runs a command on the board; its output is in the result."""
        result = subprocess.run(
            ["ssh", *self.ssh_options, "-p", str(self.port), self.user, command], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        if check and result.returncode != 0:
            raise BoardError(f"'{command}' ended with {result.returncode}: {result.stdout}{result.stderr}")
        return result

    def forget_connection(self):
        """Ends the shared connection, so that the next command makes a new one."""
        subprocess.run(["ssh", *self.ssh_options, "-O", "exit", self.user], capture_output=True, timeout=60, check=False)

    def ask(self, command, **options):
        return self.ssh(command, **options).stdout.strip()

    def put(self, *files, to=""):
        """Copies files to a folder of the board; without one, to where its commands begin: the account's home."""
        subprocess.run(["scp", *self.ssh_options, "-P", str(self.port), *map(str, files), f"{self.user}:{to}"], check=True, timeout=300, stdin=subprocess.DEVNULL)

    def monitor(self, command):
        """One command of QEMU's monitor."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(60)
            control.connect(str(self.folder / "qmp"))
            stream = control.makefile("rw")
            stream.readline()
            for request in ({"execute": "qmp_capabilities"}, {"execute": "human-monitor-command", "arguments": {"command-line": command}}):
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                while "return" not in (answer := json.loads(stream.readline())):
                    if "error" in answer:
                        raise BoardError(f"{command}: {answer}")
        return answer["return"]

    def pins(self):
        """Levels of all output pins, bit i for line i, as the controller drives them."""
        if self.hardware == "virt":
            return int(self.monitor("xp /1xb 0x90303fc").split()[-1], 16)
        low, high = (int(word, 16) for word in self.monitor("xp /2xw 0x3f200034").split()[-2:])
        return low | high << 32

    def read_serial(self):
        with socket.socket(socket.AF_UNIX) as port:
            port.connect(str(self.folder / "serial"))
            while data := port.recv(4096):
                with self.gate:
                    self.received += data

    def serial_lines(self):
        """Whole lines that came since the last call."""
        with self.gate:
            end = self.received.rfind(b"\n") + 1
            text = bytes(self.received[:end])
            del self.received[:end]
        return text.decode("ascii", "replace").split("\r\n")[:-1]

    def serial_bytes(self):
        """All bytes that came since the last call."""
        with self.gate:
            data = bytes(self.received)
            self.received.clear()
        return data

    def picture(self, path):
        """The pixels of a PPM file on the board, three bytes each."""
        data = base64.b64decode(self.ask(f"base64 -w0 {path}"))
        return data[data.index(b"255\n") + 4:]

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        try:
            self.ssh("systemctl poweroff", check=False, timeout=30)
            self.forget_connection()
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
