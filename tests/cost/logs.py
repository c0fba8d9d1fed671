"""Logs for docs/results, in the form of those of edgec, so that the page of results shows what was modelled."""
import json
import subprocess

import networks


def write(path, verb, model, cores, figures):
    """Writes the log of one network that a verb of cost.py priced."""
    command = f"python3 tests/cost/cost.py {verb} {model.name} " + "".join(f"--core {core} " for core in cores) + "--log docs/results"
    commit = subprocess.run(["git", "-C", networks.TOP, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    log = {"command": command, "commit": commit or None, "configuration": {"network": model.stem}, "figures": dict(sorted(figures.items())), "series": {}}
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(log, indent=2) + "\n")
    temporary.replace(path)
