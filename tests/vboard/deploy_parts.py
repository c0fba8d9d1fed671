"""deploy.sh: going back to what was there, several boards at once. Each part begins and ends with a service that runs and shows 7."""
from board import TOP, Board
from board_test import SERVICE, SEVEN, ZERO

ROLLED_BACK = "the former version runs again"
NOBODY = "root@127.0.0.9"


def rollback(t):
    bad = t.folder / "bad.edge"
    bad.write_bytes(b"no model" * 1000)
    result = t.deploy("--model", bad, "--config", t.config("bad.json", model="/etc/edge-runtime/model.edge"))
    t.check("deploy.sh with a bad model fails and goes back to what was there", lambda: result.returncode == 1 and ROLLED_BACK in result.stdout, result.stdout + result.stderr)
    t.check("which runs", lambda: t.active() and t.pins_are(0, 1))
    good = t.deploy("--model", TOP / "deploy/models/digits-int8.edge", "--config", t.config("good.json", model="/etc/edge-runtime/model.edge"))
    t.check("deploy.sh with a model and configuration succeeds", lambda: good.returncode == 0, good.stdout + good.stderr)
    for program, argument, problem in (("systemctl", "daemon-reload", "systemd did not take the new version over"), ("dpkg", "--force-confold", "the new version could not be installed")):
        fail_once(t, program, argument)
        failed = t.deploy("--config", t.config("config.json"))
        t.check(f"deploy.sh where {program} fails goes back, too", lambda: failed.returncode == 1 and problem in failed.stdout and ROLLED_BACK in failed.stdout, failed.stdout + failed.stderr)
        t.board.ssh(f"rm /usr/local/bin/{program} /tmp/failed")
        t.check("and the former version runs", lambda: t.active() and t.pins_are(0, 1))


def fail_once(t, program, argument):
    """Lets a program of the board fail the next time it is called with this argument first, as on a board that is busy or whose disk is full."""
    text = f"""#!/bin/sh
if [ "$1" = {argument} ] && mv /tmp/fail /tmp/failed 2>/dev/null; then exit 1; fi
exec /usr/bin/{program} "$@"
"""
    path = t.folder / program
    path.write_text(text)
    t.board.put(path, to="/usr/local/bin/")
    t.board.ssh(f"chmod +x /usr/local/bin/{program}; touch /tmp/fail")


def several_boards(t):
    """A second board beside the first, and one that is not there."""
    if t.board.hardware != "virt":
        return
    first = t.board.address
    second = Board(t.machine, t.folder / "second", address=f"{first[:-1]}{int(first[-1]) + 1}")
    try:
        second.start()
        second.put(t.folder / "7.yuyv")
        second.ssh("vboard-camera 7.yuyv")

        def second_recognises():
            levels = second.pins()
            return (levels >> SEVEN & 1, levels >> ZERO & 1) == (1, 0)

        config, boards = t.config("config.json"), (t.board.user, second.user)
        result = t.deploy("--config", config, hosts=(t.board.user, NOBODY, second.user))
        shown = result.stdout + result.stderr
        t.check("deploy.sh to two boards and one that is not there: exit code 1, that one named",
                lambda: result.returncode == 1 and f"[{NOBODY}] cannot be reached by ssh" in shown and f"deploy: failed on {NOBODY}\n" in shown, shown)
        t.check("the two are ready", lambda: all(f"[{user}] ready: " in shown for user in boards), shown)
        t.check("the second one recognises, too", second_recognises, lambda: bin(second.pins()))
        bad = t.folder / "bad.edge"
        failed = t.deploy("--model", bad, "--config", t.config("bad.json", model="/etc/edge-runtime/model.edge"), hosts=boards)
        t.check("a bad model to two boards: both go back", lambda: failed.returncode == 1 and failed.stdout.count(ROLLED_BACK) == 2, failed.stdout + failed.stderr)
        good = t.deploy("--config", config, hosts=boards)
        t.check("and a good configuration to both: exit code 0", lambda: good.returncode == 0 and "deploy: 2 of 2 boards run" in good.stdout, good.stdout + good.stderr)
        t.check("which both run", lambda: t.active() and t.pins_are(0, 1) and second.ask(f"systemctl is-active {SERVICE}") == "active" and second_recognises())
    finally:
        second.stop()
