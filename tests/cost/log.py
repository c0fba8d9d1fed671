"""Results of measurements, kept in a file."""
import json
import pathlib
import re


class Log:
    """Every result that the page shows, measured once; kept in a file, from which runs that leave a part of the kernels alone can take what did not change."""

    FIGURES = ("cycles", "ms", "l1_misses", "l2_misses")

    def __init__(self, measure_all, path, keep):
        self.measure_all, self.path, self.keep = measure_all, pathlib.Path(path), keep
        self.before = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.results = {}

    def __call__(self, models, cores):
        for core in cores:
            for name in {m.stem for m in models if (m.stem, core) not in self.results}:
                if self.keep and re.match(self.keep, name) and core in self.before.get(name, {}):
                    self.results[name, core] = self.before[name][core]
        new = [m for m in dict.fromkeys(models) if any((m.stem, core) not in self.results for core in cores)]
        for key, r in (self.measure_all(new, cores) if new else {}).items():
            self.results[key] = {**{f: r[f] for f in self.FIGURES}, "steps": [{"step": s["step"], "cycles": round(s["cycles"])} for s in r["steps"]]}
        return self.results

    def write(self):
        """Writes the file whole or not at all; one result a line."""
        everything = {**self.before}
        for (name, core), r in self.results.items():
            everything[name] = {**everything.get(name, {}), core: r}
        lines = ",\n".join(f" {json.dumps(name)}: {{\n" + ",\n".join(f"  {json.dumps(core)}: {json.dumps(r)}" for core, r in sorted(cores.items())) + "\n }" for name, cores in sorted(everything.items()))
        temporary = self.path.with_suffix(".new")
        temporary.write_text("{\n" + lines + "\n}\n")
        temporary.replace(self.path)
