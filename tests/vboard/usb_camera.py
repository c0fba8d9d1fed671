"""A USB camera at QEMU's end of a usbredir connection (protocol 0.7): the board sees a device of the USB Video Class on its xHCI bus, plugged in and unplugged for real."""
import ctypes
import socket
import struct
import threading
import time

import usb_descriptors as usb

HELLO, CONNECT, RESET, INTERFACES, ENDPOINTS = 0, 1, 3, 4, 5
SET_CONFIGURATION, GET_CONFIGURATION, CONFIGURATION_STATUS, SET_ALTERNATE, GET_ALTERNATE, ALTERNATE_STATUS = range(6, 12)
CANCEL, CONTROL_PACKET, BULK_PACKET = 21, 100, 101
SUCCESS, CANCELLED, STALL = 0, 1, 4
HIGH_SPEED, NO_ENDPOINT = 2, 255
# The device's version, the endpoints' packet sizes, numbers of 64 bits, lengths of 32: what QEMU asks for on an xHCI bus.
CAPABILITIES = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6
BULK_HEADER = "<BBHIH"
END_OF_HEADER, END_OF_FRAME = 0x80, 0x02


class UsbCamera:
    """Plugged in while it is open. Its picture may be changed at any time; None lets it stall."""

    def __init__(self, path, picture, width, height, compressed, rate=10):
        self.width, self.height, self.compressed, self.rate = width, height, compressed, rate
        self.frame_bytes = 2 * width * height
        self.pictures, self.shown = [picture], 0
        self.rest, self.frame_id, self.next_frame = None, 0, 0.0
        self.requests, self.gate = [], threading.Condition()
        self.controls = {name: default for name, (_, _, _, _, default) in usb.CONTROLS.items()}
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(str(path))
        # Each end says hello with numbers of 32 bits; they have 64 from then on.
        hello = b"vm_test".ljust(64, b"\0") + struct.pack("<I", CAPABILITIES)
        self.connection.sendall(struct.pack("<III", HELLO, len(hello), 0) + hello)
        self.alive = True
        self.threads = [threading.Thread(target=run, daemon=True) for run in (self.serve, self.stream)]
        for thread in self.threads:
            thread.start()

    def show(self, *pictures):
        """The pictures to send in turn; none lets it stall."""
        with self.gate:
            self.pictures = list(pictures)

    def close(self):
        """Unplugs it."""
        with self.gate:
            self.alive = False
            self.gate.notify()
        self.connection.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        self.connection.close()

    def write(self, kind, number, body):
        self.connection.sendall(struct.pack("<IIQ", kind, len(body), number) + body)

    def read(self, length):
        data = b""
        while len(data) < length:
            part = self.connection.recv(length - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def serve(self):
        """Answers the host, until either end closes."""
        try:
            _, length, _ = struct.unpack("<III", self.read(12))
            self.read(length)
            self.plug_in()
            while True:
                kind, length, number = struct.unpack("<IIQ", self.read(16))
                self.answer(kind, number, self.read(length))
        except OSError:
            with self.gate:
                self.alive = False
                self.gate.notify()

    def answer(self, kind, number, body):
        if kind in (SET_CONFIGURATION, GET_CONFIGURATION):
            self.write(CONFIGURATION_STATUS, number, bytes([SUCCESS, 1]))
        elif kind in (SET_ALTERNATE, GET_ALTERNATE):
            self.write(ALTERNATE_STATUS, number, bytes([SUCCESS, body[0], 0]))
        elif kind == CONTROL_PACKET:
            self.control(number, body)
        elif kind == BULK_PACKET:
            endpoint, _, length, _, _ = struct.unpack(BULK_HEADER, body[:10])
            with self.gate:
                self.requests.append((number, endpoint, length))
                self.gate.notify()
        elif kind == CANCEL:
            with self.gate:
                for request in [r for r in self.requests if r[0] == number]:
                    self.requests.remove(request)
                    self.write(BULK_PACKET, number, struct.pack(BULK_HEADER, request[1], CANCELLED, 0, 0, 0))

    def plug_in(self):
        types, interfaces, sizes = bytearray([NO_ENDPOINT] * 32), bytearray(32), [0] * 32
        types[0] = types[16] = 0
        types[16 + (usb.ENDPOINT & 15)], interfaces[16 + (usb.ENDPOINT & 15)], sizes[16 + (usb.ENDPOINT & 15)] = 2, 1, usb.PACKET
        self.write(INTERFACES, 0, struct.pack("<I32s32s32s32s", 2, bytes([0, 1]), bytes([usb.VIDEO] * 2), bytes([usb.CONTROL, usb.STREAMING]), b""))
        self.write(ENDPOINTS, 0, bytes(types) + bytes(32) + bytes(interfaces) + struct.pack("<32H", *sizes))
        self.write(CONNECT, 0, struct.pack("<BBBBHHH", HIGH_SPEED, 0xEF, 2, 1, usb.VENDOR, usb.PRODUCT, 0x0100))

    def control(self, number, body):
        endpoint, request, kind, _, value, index, length = struct.unpack("<BBBBHHH", body[:10])
        data, status = b"", SUCCESS
        if (kind, request) == (0x80, 6):
            found = {1: usb.device, 2: lambda: usb.configuration(self), 3: lambda: usb.text(value & 255)}.get(value >> 8)
            data, status = (found(), SUCCESS) if found else (b"", STALL)
        elif (kind, request) == (0x80, 0):
            data = bytes(2)
        elif kind == 0xA1 and index == 1 and value >> 8 in (1, 2):
            # The stream's probe and commit controls: how long they are, that they can be read and written, and their only value.
            data = {0x85: struct.pack("<H", len(usb.probe(self))), 0x86: b"\x03"}.get(request) or usb.probe(self)
        elif kind == 0x21 and (index >> 8, value >> 8) in usb.CONTROLS:
            self.controls[index >> 8, value >> 8] = int.from_bytes(body[10:], "little")
        elif kind == 0xA1 and (index >> 8, value >> 8) in usb.CONTROLS:
            name = (index >> 8, value >> 8)
            answer = usb.control(request, *usb.CONTROLS[name], self.controls[name])
            data, status = (b"", STALL) if answer is None else (answer, SUCCESS)
        elif kind & 0x80 or (kind == 0x21 and index != 1):
            status = STALL
        data = data[:length]
        self.write(CONTROL_PACKET, number, struct.pack("<BBBBHHH", endpoint, request, kind, status, value, index, len(data) if kind & 0x80 else length) + data)

    def stream(self):
        """Gives each request for data the next payload, when it is time for it."""
        try:
            while True:
                with self.gate:
                    while self.alive and not (self.requests and (self.rest or self.pictures)):
                        self.gate.wait(0.05)
                    if not self.alive:
                        return
                    wait = 0 if self.rest else self.next_frame - time.monotonic()
                    if wait > 0:
                        self.gate.wait(wait)
                        continue
                    self.send_payload()
        except OSError:
            return

    def send_payload(self):
        if not self.rest:
            self.shown += 1
            self.rest, self.frame_id = self.pictures[self.shown % len(self.pictures)], self.frame_id ^ 1
            self.next_frame = max(self.next_frame + 1 / self.rate, time.monotonic())
        number, endpoint, length = self.requests.pop(0)
        room = min(length, usb.PAYLOAD) - 2
        part, self.rest = self.rest[:room], self.rest[room:]
        data = bytes([2, END_OF_HEADER | self.frame_id | (0 if self.rest else END_OF_FRAME)]) + part
        self.write(BULK_PACKET, number, struct.pack(BULK_HEADER, endpoint, SUCCESS, len(data), 0, 0) + data)


def jpeg(grey, width, height):
    """A JPEG file of a grey picture, by libturbojpeg, with colour planes as cameras send them."""
    library = ctypes.CDLL("libturbojpeg.so.0")
    library.tjInitCompress.restype = ctypes.c_void_p
    handle, out, size = ctypes.c_void_p(library.tjInitCompress()), ctypes.c_void_p(), ctypes.c_ulong()
    pixels = b"".join(bytes([v]) * 3 for v in grey)
    # RGB pixels, 4:2:2, quality 90.
    if library.tjCompress2(handle, pixels, width, 0, height, 0, ctypes.byref(out), ctypes.byref(size), 1, 90, 0) != 0:
        raise OSError("libturbojpeg does not compress")
    data = ctypes.string_at(out, size.value)
    library.tjFree(out)
    library.tjDestroy(handle)
    return data
