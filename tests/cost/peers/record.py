#!/usr/bin/env python3
"""Takes figures of a peer into its record: record.py RECORD.json NETWORK.CORE.KERNELS.json...; of several kernels for a network and a core the cheaper stay."""
import json
import os
import pathlib
import sys


def main():
    """The command line."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    record = pathlib.Path(sys.argv[1])
    known = json.loads(record.read_text()) if record.exists() else {}
    fresh = {}
    for name in sys.argv[2:]:
        figures = json.loads(pathlib.Path(name).read_text())
        network, core, kernels = pathlib.Path(name).stem.split(".")
        row = {"cycles": round(figures["cycles"]), "l1_misses": round(figures["l1_misses"]), "l2_misses": round(figures["l2_misses"]), "kernels": kernels}
        best = fresh.setdefault((network, core), row)
        if row["cycles"] < best["cycles"]:
            fresh[network, core] = row
    for (network, core), row in fresh.items():
        known.setdefault(network, {})[core] = row
    temporary = record.with_suffix(".new")
    temporary.write_text(json.dumps(known, indent=1) + "\n")
    os.replace(temporary, record)


if __name__ == "__main__":
    main()
