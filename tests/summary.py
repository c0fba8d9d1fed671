#!/usr/bin/env python3
"""Adds up the reports that tests/run-tests.sh left in a folder.

checks.tsv has one line per step ("name<TAB>passed|failed|skipped: REASON"), runs.tsv one per test program ("PROJECT.CORE<TAB>exit code"),
and each program wrote PROJECT.CORE.json, a CTRF report. Names what failed or was skipped, prints the closing line,
and ends with 1 when anything failed, or was skipped with CI=true.
"""
import json
import os
import pathlib
import sys


def table(path):
    """The lines of a tab-separated file with two columns; none when the file is missing."""
    return [line.split("\t") for line in path.read_text().splitlines()] if path.exists() else []


def reason(test):
    """The first line of a test's message."""
    return ((test.get("message") or "").strip().splitlines() or ["no reason given"])[0]


def main(folder):
    passed, failed, skipped = 0, [], []
    for name, state in table(folder / "checks.tsv"):
        if state == "passed":
            passed += 1
        elif state.startswith("skipped"):
            skipped.append(f"{name}: {state.removeprefix('skipped: ')}")
        else:
            failed.append(f"{name}: see {folder / f'check-{name}.log'}")
    for run, code in table(folder / "runs.tsv"):
        before = len(failed)
        try:
            results = json.loads((folder / f"{run}.json").read_text())["results"]
        except (OSError, ValueError, KeyError) as e:
            failed.append(f"{run}: exit code {code} and no report ({e.__class__.__name__}): see {folder / f'{run}.log'}")
            continue
        for test in results["tests"]:
            name = f"{run}: {test['name']}"
            if test["status"] == "passed":
                passed += 1
            elif test["status"] == "skipped":
                skipped.append(f"{name}: {reason(test)}")
            else:
                failed.append(f"{name}: {reason(test)}")
        for suite in results.get("extra", {}).get("suites", []):
            failed += [f"{run}: {error.get('message', error)}" for error in suite.get("errors", [])]
        if code != "0" and len(failed) == before:
            failed.append(f"{run}: no test failed, but the exit code is {code}: see {folder / f'{run}.log'}")

    for title, names in (("Failed", failed), ("Skipped", skipped)):
        if names:
            print(f"\n{title}:")
            print("\n".join(f"  {name}" for name in names))
    ci = os.environ.get("CI") == "true"
    if ci and skipped:
        print(f"\n{len(skipped)} skipped tests: with CI=true that is a failure")
    if passed + len(failed) == 0:
        failed.append("nothing ran")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or (ci and skipped) else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
