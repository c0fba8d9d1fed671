"""The cores that costs are modelled for."""
from typing import NamedTuple


class Core(NamedTuple):
    """A core of a Raspberry Pi, as QEMU and LLVM know it, with its caches and calibration (README.md)."""

    board: str
    qemu: str
    llvm: str
    caches: str  # L1D KiB : ways : L2 KiB : ways
    ghz: float
    cycle_factor: float
    ns_per_l2_miss: float
    int8_macs_per_cycle: float  # the most that its multipliers can do, loads aside

    def milliseconds(self, cycles, l2_misses, ghz=None):
        """The calibrated time of a program with these figures."""
        return (self.cycle_factor * cycles / (ghz or self.ghz) + self.ns_per_l2_miss * l2_misses) / 1e6


CORES = {
    "a53": Core("Raspberry Pi 3", "cortex-a53", "cortex-a53", "32:4:512:16", 1.4, 0.88, 14.2, 5.3),
    "a72": Core("Raspberry Pi 4", "cortex-a72", "cortex-a72", "32:2:1024:16", 1.8, 1.35, 8.1, 8.0),
    # LLVM has no model of the Cortex-A76; Neoverse N1 is the same design.
    "a76": Core("Raspberry Pi 5", "cortex-a76", "neoverse-n1", "64:4:512:8", 2.4, 0.89, 3.3, 32.0),
}
