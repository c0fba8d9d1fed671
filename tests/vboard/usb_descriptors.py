"""Descriptors of a USB camera (USB Video Class 1.0, bulk transfer) that knows one format and size, as a host reads them."""
import struct
import uuid

ENDPOINT, PACKET = 0x81, 512
VENDOR, PRODUCT = 0x1209, 0x0001
STRINGS = {1: "EdgeRuntime", 2: "Test camera", 3: "1"}
VIDEO, CONTROL, STREAMING = 0x0E, 1, 2
INTERFACE_SPECIFIC = 0x24
GUID_YUY2 = uuid.UUID("32595559-0000-0010-8000-00aa00389b71").bytes_le
# What the host is told to take at once: one payload with its header.
PAYLOAD = 16384
# Units: the camera itself, the terminal that gives its pictures out, the processing between them.
CAMERA, OUTPUT, PROCESSING = 1, 2, 3
EXPOSURE_MODE, EXPOSURE, GAIN, POWER_LINE = (CAMERA, 2), (CAMERA, 4), (PROCESSING, 4), (PROCESSING, 5)
MANUAL, APERTURE_PRIORITY = 1, 8
# The controls of its units: bytes, minimum, maximum, step (of the exposure mode: the modes that there are), default.
CONTROLS = {EXPOSURE_MODE: (1, 1, 8, MANUAL | APERTURE_PRIORITY, APERTURE_PRIORITY), EXPOSURE: (4, 1, 5000, 1, 156), GAIN: (2, 0, 100, 1, 0), POWER_LINE: (1, 0, 2, 1, 1)}


def descriptor(kind, body):
    """A descriptor: length, type, body."""
    return struct.pack("BB", len(body) + 2, kind) + body


def specific(subtype, layout, *values, rest=b""):
    """A descriptor of the video class."""
    return descriptor(INTERFACE_SPECIFIC, struct.pack("<B" + layout, subtype, *values) + rest)


def device():
    return descriptor(1, struct.pack("<HBBBBHHHBBBB", 0x0200, 0xEF, 2, 1, 64, VENDOR, PRODUCT, 0x0100, 1, 2, 3, 1))


def text(index):
    """A string descriptor; 0 is the list of languages."""
    return descriptor(3, struct.pack("<H", 0x0409) if index == 0 else STRINGS[index].encode("utf-16-le"))


def configuration(camera):
    """The whole configuration: a camera terminal that leads through a processing unit to an output terminal, and one stream."""
    # Bits of the controls: exposure mode and time are 1 and 3 of a camera, gain and power line 9 and 10 of a processing unit.
    terminals = (
        specific(2, "BHBBHHHB", CAMERA, 0x0201, 0, 0, 0, 0, 0, 3, rest=bytes([1 << 1 | 1 << 3, 0, 0])) + specific(5, "BBHBHB", PROCESSING, CAMERA, 0, 2, 1 << 9 | 1 << 10, 0)
        + specific(3, "BHBBB", OUTPUT, 0x0101, 0, PROCESSING, 0))
    control = specific(1, "HHIBB", 0x0100, 13 + len(terminals), 6_000_000, 1, 1) + terminals
    size, interval = camera.frame_bytes, 10_000_000 // camera.rate
    rates = (0, camera.width, camera.height, size * 8 * camera.rate, size * 8 * camera.rate, size, interval, 1, interval)
    if camera.compressed:
        formats = specific(6, "BBBBBBBB", 1, 1, 0, 1, 0, 0, 0, 0) + specific(7, "BBHHIIIIBI", 1, *rates)
    else:
        formats = specific(4, "BB16sBBBBBB", 1, 1, GUID_YUY2, 16, 1, 0, 0, 0, 0) + specific(5, "BBHHIIIIBI", 1, *rates)
    stream = specific(1, "BHBBBBBBBB", 1, 14 + len(formats), ENDPOINT, 0, 2, 0, 0, 0, 1, 0) + formats
    body = (
        descriptor(11, struct.pack("BBBBBB", 0, 2, VIDEO, 3, 0, 0))
        + descriptor(4, struct.pack("BBBBBBB", 0, 0, 0, VIDEO, CONTROL, 0, 0)) + control
        + descriptor(4, struct.pack("BBBBBBB", 1, 0, 1, VIDEO, STREAMING, 0, 0)) + stream
        + descriptor(5, struct.pack("<BBHB", ENDPOINT, 2, PACKET, 0)))
    return descriptor(2, struct.pack("<HBBBBB", 9 + len(body), 2, 1, 0, 0x80, 250)) + body


def control(request, size, minimum, maximum, step, default, value):
    """The answer to a request about a control, or None."""
    number = {0x81: value, 0x82: minimum, 0x83: maximum, 0x84: step, 0x87: default}.get(request)
    # How long it is, and that it can be read and written.
    return {0x85: struct.pack("<H", size), 0x86: b"\x03"}.get(request) if number is None else number.to_bytes(size, "little")


def probe(camera):
    """What the host negotiates: the only format, size and rate there is."""
    return struct.pack("<HBBIHHHHHII", 1, 1, 1, 10_000_000 // camera.rate, 0, 0, 0, 0, 0, camera.frame_bytes, PAYLOAD)
