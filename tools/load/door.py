"""The API's function by itself, in a process of its own, as on AWS. Says in the end what processor time it took."""

import sys
import time

import app
from tools.local.front_door import FrontDoor


def main() -> None:
    door = FrontDoor(app.app, host="127.0.0.1", port=int(sys.argv[1]))
    door.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    before = time.process_time()
    sys.stdin.read()
    sys.stdout.write(f"{time.process_time() - before}\n")
    door.stop()


if __name__ == "__main__":
    main()
